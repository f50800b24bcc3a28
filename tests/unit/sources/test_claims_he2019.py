"""The claims of he2019, judged in worlds whose truth is known."""

from __future__ import annotations

import fabricated
import numpy as np
import pytest
from planted_worlds import World, planted, status

from dqsuite.claims import CLAIMS
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.requirements import cells_of
from dqsuite.datasets import Dataset
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.store import Store
from dqsuite.results.reader import Reader
from dqsuite.sources.he2019.claims import labels
from dqsuite.statistics.verdict import Status

UNEVEN = {f"drop_class:{index}": 0.5 + 0.04 * index for index in range(10)}
DROPS = {f"drop_class:{index}": 0.8 for index in range(10)}
RELABELS = {f"relabel_class:{index}": 0.8 for index in range(10)}
BAD_RELABELS = {f"relabel_class:{index}": 0.7 for index in range(10)}
ONE_BAD = RELABELS | {"relabel_class:4": 0.7}
UP_AND_DOWN = {f"relabel_class:{index}": 0.8 + 0.03 * (-1) ** index for index in range(10)}
EARLY_PEAK = (0.2, 0.8, 0.7, *[0.5] * 9)
KNEE = {"reduce:0.95": 0.3, "reduce:0.9": 0.45, "reduce:0.8": 0.7, "clean": 0.8}
NOISY = {"gaussian:16": 0.7}
NO_KNEE = {"reduce:0.95": 0.3, "reduce:0.9": 0.31, "reduce:0.8": 0.33, "clean": 0.9}

PLANTED = [
    ("he-mnist-drop-class", {"digit": "3"}, World(0.95, any={"drop_class:3": 0.85}), World(0.95)),
    ("he-drop-equals-relabel", {"model": "nin"}, World(0, any=DROPS | RELABELS), World(0, any=DROPS | BAD_RELABELS)),
    ("he-drop-equals-relabel", {"model": "nin"}, World(0, any=DROPS | UP_AND_DOWN), World(0, any=DROPS | ONE_BAD)),
    ("he-cifar-10k-knee", {"model": "resnet20", "by": "images"}, World(0, any=KNEE), World(0, any=NO_KNEE)),
    ("he-cifar-10k-knee", {"model": "resnet20", "by": "doublings"}, World(0, any=KNEE), World(0, any=NO_KNEE)),
    ("he-cifar-10k-knee", {"model": "nin"}, World(0, any=KNEE), World(0, any=NO_KNEE)),
    ("he-label-20-intolerable", {"model": "nin", "level": "0.3"}, World(0.5, EARLY_PEAK), World(0.5)),
    ("he-label-20-intolerable", {"model": "nin", "level": "0.1"}, World(0.5), World(0.5, EARLY_PEAK)),
    ("he-mnist-label-plateau", {}, World(0.1, any={"wrong:0.08": 0.9}), World(0.5)),
    ("he-mnist-label-collapse", {"kind": "wrong"}, World(0.1), World(0.9)),
    ("he-contrast-asymmetric", {}, World(0.95, any={"contrast:2": 0.67}), World(0.95, any={"contrast:2": 0.94})),
    ("he-gauss-small-pictures", {}, World(0.9, cifar10=NOISY), World(0.9, **{"cifar10;size=64": NOISY})),
    ("he-brightness-helps", {"model": "nin"}, World(0.8, any={"gamma:2": 0.9}), World(0.8, any={"clean": 0.9})),
    ("he-brightness-no-help", {"model": "nin"}, World(0.8, any={"clean": 0.9}), World(0.8, any={"gamma:2": 0.9})),
]


@planted(PLANTED)
def test_a_claim_holds_where_it_is_true_and_is_refuted_where_it_is_false(identity, case, true, false):
    assert status(identity, true, **case) is Status.HOLDS
    assert status(identity, false, **case) is Status.REFUTED


def test_the_cost_of_a_deleted_class_is_seen_where_it_differs():
    assert status("he-drop-depends-on-class", World(0.9, any=UNEVEN), model="resnet20") is Status.HOLDS


def test_the_deleted_class_itself_does_not_count_as_a_cost():
    lost = {f"drop_class:{index}": np.where(np.arange(10) == index, 0.1 * (index % 2), 0.9) for index in range(10)}
    assert status("he-drop-depends-on-class", World(0.9, any=lost), model="resnet20") is Status.INCONCLUSIVE


def test_an_early_peak_of_one_repeat_is_not_chosen_by_that_repeat():
    curves = np.full((4, 12), 0.5)
    curves[0, 4] = 0.9
    np.testing.assert_allclose(labels._falls(curves), 0)


def test_the_last_five_epochs_and_the_peak_survive_trainings_of_different_length():
    curves = np.full((2, 12), 0.5)
    curves[:, 1:4], curves[1, 10:] = 0.7, np.nan
    np.testing.assert_allclose(labels._falls(curves), 0.2)
    np.testing.assert_allclose(labels._peak_positions(curves), [2 / 12, 3 / 10])


def test_pictures_of_two_sizes_are_judged_from_one_store(tmp_path):
    each, store = CLAIMS["he-gauss-small-pictures"], Store(tmp_path)
    cells = cells_of(each, {}, "full", "fp32")
    for name, side, wrong in (("cifar10", 8, 4), ("cifar10;size=64", 16, 1)):
        images = np.zeros((200, side, side, 3), np.uint8)
        changed = {"name": name, "fingerprint": "", "x_train": images, "x_test": images}
        data = Dataset(**vars(fabricated.dataset(CLASSES["cifar10"])) | changed)
        planned = Plan(name, data.fingerprint, tuple(cell for cell in cells if cell.dataset == name))
        fabricated.fill(store, data, planned, lambda cell, wrong=wrong: wrong * (cell.corruption != "clean"))
    verdict = Evaluator(Reader(store, pytest.fail), "full").judge(each, {}).verdict
    assert (verdict.status, verdict.effect) == (Status.HOLDS, pytest.approx(-15))
