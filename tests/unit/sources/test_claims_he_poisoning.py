"""The claims of poisoning, he2019 and the open questions, judged in worlds whose truth is known."""

from __future__ import annotations

import fabricated
import numpy as np
import pytest

from dqsuite import corruptions
from dqsuite.claims.claim import claims_in
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.requirements import cells_of
from dqsuite.claims.scales import SCALES
from dqsuite.core.grammar import parse_term
from dqsuite.datasets import DATASETS, Dataset
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.store import Store
from dqsuite.results.predictions import Predictions
from dqsuite.results.reader import Reader
from dqsuite.sources.he2019.claims import classes, images, labels, size
from dqsuite.sources.open import claims as open_questions
from dqsuite.sources.poisoning import claims as poisoning
from dqsuite.statistics.verdict import Status

CLAIMS = {each.id: each for each in claims_in(poisoning, classes, size, labels, images, open_questions)}
IDS = [
    "poisoning-mnist-80",
    "poisoning-robust-half",
    "poisoning-hard-drops-first",
    "poisoning-cifar100-early",
    "poisoning-biased-until-40",
    "poisoning-biased-drops-sooner",
    "poisoning-small-earlier",
    "poisoning-cifar100-small-untrainable",
    "poisoning-more-beats-better",
    "poisoning-batch-32",
    "poisoning-validation",
    "poisoning-larger-model",
    "he-mnist-drop-class",
    "he-cifar-drop-class-all-suffer",
    "he-drop-equals-relabel",
    "he-drop-depends-on-class",
    "he-label-diff-map",
    "he-mnist-size-mild",
    "he-cifar-10k-knee",
    "he-more-is-better",
    "he-label-20-intolerable",
    "he-label-most-harmful",
    "he-mnist-label-plateau",
    "he-mnist-label-collapse",
    "he-contrast-asymmetric",
    "he-gauss-small-helps",
    "he-gauss-small-pictures",
    "he-salt-pepper-no-help",
    "he-salt-pepper-can-help",
    "he-gamma-symmetric",
    "he-brightness-no-help",
    "he-brightness-helps",
    "he-image-noise-mildest",
    "open-compensate",
    "open-large-set",
    "open-merge",
    "open-fixed-by-size",
]
WITHOUT_EXPECTATION = [
    *("poisoning-batch-32", "poisoning-validation", "poisoning-larger-model", "he-label-diff-map"),
    *(identity for identity in IDS if identity.startswith("open-")),
]
ALL_CLASSES = CLASSES | {"cifar10;size=64": CLASSES["cifar10"]}
CASES = [
    pytest.param(each, case, id=f"{each.id}-{name}") for each in CLAIMS.values() for name, case in each.named_cases()
]


class Requirements:
    """Shows one repeat in which every image was predicted right, and notes the conditions asked for."""

    def __init__(self):
        self.asked = []

    def at(self, model, condition="clean", *, data="", epoch=""):
        self.asked.append((model, condition, data))
        truth = np.repeat(np.arange(len(ALL_CLASSES[data])), 2)
        return Predictions(truth, ALL_CLASSES[data], truth[None], np.ones((1, 1)))


class World:
    """Five repeats on 2,000 images: a condition's accuracy, or that of each class, as a table says."""

    def __init__(self, default, curve=(0.5, 0.5), **tables):
        self.default, self.curve, self.tables = default, curve, tables
        self.asked = []

    def at(self, model, condition="clean", *, data="", epoch=""):
        self.asked.append((model, condition, data))
        names = ALL_CLASSES[data]
        truth = np.repeat(np.arange(len(names)), 2000 // len(names))
        rate = self.tables.get(data, {}).get(condition, self.tables.get("any", {}).get(condition, self.default))
        rates = np.broadcast_to(rate, len(names))[truth]
        luck = np.random.default_rng(0).random(len(truth))  # each image is as hard in every condition
        flips = np.random.default_rng(len(self.asked)).random((5, len(truth))) < 0.01
        right = (luck < rates) ^ flips
        curves = np.tile(np.asarray(self.curve), (5, 1)) + np.linspace(0, 0.001, 5)[:, None]
        return Predictions(truth, names, np.where(right, truth, (truth + 1) % len(names)), curves)


def status(identity, world, **case):
    found = CLAIMS[identity]
    chosen = case or found.cases[0]
    assert chosen in found.cases
    return found.judge(world, **chosen).verdict(len(found.cases)).status


def test_the_claims_are_the_rows_of_the_list_of_findings():
    assert set(CLAIMS) == set(IDS)
    assert len(IDS) == len(set(IDS))


@pytest.mark.parametrize(("each", "case"), CASES)
def test_every_judge_asks_for_conditions_that_can_be_read_and_decides_nothing_on_one_repeat(each, case):
    measured = Requirements()
    expected = Status.REPORTED if each.id in WITHOUT_EXPECTATION else Status.INCONCLUSIVE
    assert each.judge(measured, **case).verdict().status is expected
    assert measured.asked
    for _, condition, _ in measured.asked:
        corruptions.parse(condition)


@pytest.mark.parametrize("identity", IDS)
def test_case_names_are_unique_and_criteria_are_written(identity):
    names = [name for name, _ in CLAIMS[identity].named_cases()]
    assert len(names) == len(set(names))
    assert CLAIMS[identity].finding
    assert CLAIMS[identity].criterion


@pytest.mark.parametrize("each", [each for each in CLAIMS.values() if each.contradicts], ids=lambda each: each.id)
def test_contradictions_are_mutual(each):
    assert CLAIMS[each.contradicts].contradicts == each.id


@pytest.mark.parametrize("identity", IDS)
def test_a_judge_asks_for_the_same_whatever_it_is_shown(identity):
    noting, world = Requirements(), World(0.5)
    for _, case in CLAIMS[identity].named_cases():
        CLAIMS[identity].judge(noting, **case)
        CLAIMS[identity].judge(world, **case)
    assert noting.asked == world.asked


@pytest.mark.parametrize("each", CLAIMS.values(), ids=lambda each: each.id)
def test_every_case_has_cells_to_train_at_full_scale(each):
    assert all(cells_of(each, case, "full", "fp32") for case in each.cases)


NAMED = sorted({setup.dataset for scale in SCALES.values() for setup in scale.setups.values()})


@pytest.mark.parametrize("name", NAMED)
def test_a_setup_names_its_data_set_as_the_cards_do(name):
    term = parse_term(name)
    assert DATASETS[term.name].open(term).name("0" * 16) == name


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


@pytest.mark.parametrize("identity", WITHOUT_EXPECTATION)
def test_a_question_without_expectation_neither_holds_nor_is_refuted(identity):
    part = CLAIMS[identity].judge(World(0.5, any={"clean": 0.9}), **CLAIMS[identity].cases[0])
    assert part.verdict().status is Status.REPORTED
    assert np.isfinite([part.effect, part.low, part.high]).all()


UNEVEN = {f"drop_class:{index}": 0.5 + 0.04 * index for index in range(10)}
DROPS = {f"drop_class:{index}": 0.8 for index in range(10)}
RELABELS = {f"relabel_class:{index}": 0.8 for index in range(10)}
BAD_RELABELS = {f"relabel_class:{index}": 0.7 for index in range(10)}
ONE_BAD = RELABELS | {"relabel_class:4": 0.7}
UP_AND_DOWN = {f"relabel_class:{index}": 0.8 + 0.03 * (-1) ** index for index in range(10)}
RELATIVE = {
    data: {"clean": 0.9, "wrong:0.2": kept}
    for data, kept in zip(poisoning.EASIEST_FIRST, (0.88, 0.75, 0.55, 0.3), strict=True)
}
REVERSED = {
    data: {"clean": 0.9, "wrong:0.2": kept}
    for data, kept in zip(poisoning.EASIEST_FIRST, (0.3, 0.55, 0.75, 0.88), strict=True)
}
EARLY_PEAK = (0.2, 0.8, 0.7, *[0.5] * 9)
SMALL_BITES = {"clean": 0.9, "wrong:0.4": 0.85, "first:1000": 0.7, "first:1000+wrong:0.4": 0.4}
SMALL_STANDS = {"clean": 0.9, "wrong:0.4": 0.4, "first:1000": 0.7, "first:1000+wrong:0.4": 0.69}
KNEE = {"reduce:0.95": 0.3, "reduce:0.9": 0.45, "reduce:0.8": 0.7, "clean": 0.8}
NOISY = {"gaussian:16": 0.7}
NO_KNEE = {"reduce:0.95": 0.3, "reduce:0.9": 0.31, "reduce:0.8": 0.33, "clean": 0.9}

PLANTED = [
    ("poisoning-mnist-80", {}, World(0.92), World(0.7)),
    ("poisoning-robust-half", {"data": "mnist"}, World(0.985), World(0.8)),
    ("poisoning-hard-drops-first", {}, World(0.5, **RELATIVE), World(0.5, **REVERSED)),
    ("poisoning-cifar100-early", {}, World(0.5, any={"clean": 0.6}), World(0.5, any={"clean": 0.4})),
    ("poisoning-biased-until-40", {"data": "mnist"}, World(0.9), World(0.9, any={"biased:0.3": 0.6})),
    ("poisoning-biased-drops-sooner", {"data": "cifar10"}, World(0.9, any={"biased:0.6": 0.5}), World(0.9)),
    ("poisoning-small-earlier", {"data": "mnist"}, World(0, any=SMALL_BITES), World(0, any=SMALL_STANDS)),
    (
        "poisoning-more-beats-better",
        {"data": "mnist"},
        World(0.9, any={"first:1000": 0.8}),
        World(0.9, any={"wrong:0.5": 0.7}),
    ),
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


@pytest.mark.parametrize(
    ("identity", "case", "true", "false"), PLANTED, ids=["-".join([p[0], *p[1].values()]) for p in PLANTED]
)
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


def test_the_volume_that_equals_noise_is_interpolated():
    accuracies = {"reduce:0.6": 0.6, "reduce:0.4": 0.8, "reduce:0.2": 0.85, "clean": 0.9, "shuffle:0.1": 0.7}
    low = {"reduce:0.9": 0.3, "reduce:0.8": 0.4}
    part = CLAIMS["open-compensate"].judge(World(0.5, any=accuracies | low), level="0.1")
    assert part.effect == pytest.approx(0.5, abs=0.03)
    assert part.low < part.effect < part.high


def test_merging_gains_the_confusions_between_cat_and_dog_alone():
    truth = np.repeat(np.arange(10), 10)
    predicted = truth.copy()
    predicted[30:34], predicted[50:51], predicted[34] = 5, 3, 6  # cats as dogs, a dog as cat, a cat as frog
    predictions = Predictions(truth, CLASSES["cifar10"], np.tile(predicted, (3, 1)), np.ones((3, 1)))

    class Fixed:
        def at(self, *_, **__):
            return predictions

    assert CLAIMS["open-merge"].judge(Fixed()).effect == pytest.approx(5)


def test_a_poisoned_validation_set_stands_beside_a_clean_one():
    right = {"poison_cnn": 8, "poison_cnn-validation": 6}

    class ByModel:
        def at(self, model, *_, **__):
            truth = np.arange(10)
            return Predictions(
                truth, CLASSES["mnist"], np.where(truth < right[model], truth, -1)[None], np.ones((1, 1))
            )

    case = {"data": "mnist", "level": "0.4"}
    part = CLAIMS["poisoning-validation"].judge(ByModel(), **case)
    assert part.effect == pytest.approx(60)
    assert "80.0% with a clean one" in part.label
    cells = cells_of(CLAIMS["poisoning-validation"], case, "full", "fp32")
    assert [(cell.corruption, cell.recipe.validation) for cell in cells[::10]] == [
        ("wrong:0.4", "damaged"),
        ("wrong:0.4", "clean"),
    ]
    assert {SCALES["full"].setups["mnist", model].epoch for model in right} == {"best"}
