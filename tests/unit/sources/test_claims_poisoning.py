"""The claims of the poisoning study, judged in worlds whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from planted_worlds import World, planted, status

from dqsuite.claims import CLAIMS
from dqsuite.claims.requirements import cells_of
from dqsuite.claims.scales import SCALES
from dqsuite.datasets.named import CLASSES
from dqsuite.results.predictions import Predictions
from dqsuite.sources.poisoning.claims import EASIEST_FIRST
from dqsuite.statistics.verdict import Status

RELATIVE = {
    data: {"clean": 0.9, "wrong:0.2": kept} for data, kept in zip(EASIEST_FIRST, (0.88, 0.75, 0.55, 0.3), strict=True)
}
REVERSED = {
    data: {"clean": 0.9, "wrong:0.2": kept} for data, kept in zip(EASIEST_FIRST, (0.3, 0.55, 0.75, 0.88), strict=True)
}
SMALL_BITES = {"clean": 0.9, "wrong:0.4": 0.85, "first:1000": 0.7, "first:1000+wrong:0.4": 0.4}
SMALL_STANDS = {"clean": 0.9, "wrong:0.4": 0.4, "first:1000": 0.7, "first:1000+wrong:0.4": 0.69}

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
]


@planted(PLANTED)
def test_a_claim_holds_where_it_is_true_and_is_refuted_where_it_is_false(identity, case, true, false):
    assert status(identity, true, **case) is Status.HOLDS
    assert status(identity, false, **case) is Status.REFUTED


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
