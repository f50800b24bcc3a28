"""The worlds of the power table: one for every finding, and measured as they say."""

from __future__ import annotations

import claimed_worlds
import numpy as np
import pytest
from claimed_worlds import CLEAN, ROWS, by_class
from simulated_world import Claimed, World
from six_statements import SIX

from dqsuite.claims import CLAIMS
from dqsuite.claims.requirements import Requirements


def has_expectation(claim):
    return claim.judge(Requirements("full", "fp32"), **claim.cases[0]).expected


def test_every_finding_with_an_expectation_has_a_world_in_which_it_is_claimed():
    expected = {name for name, claim in CLAIMS.items() if has_expectation(claim)}
    assert {each.claim for each in ROWS} == expected


@pytest.mark.parametrize("each", [*ROWS, *SIX.values()], ids=lambda each: f"{each.claim}-{each.name}")
def test_a_claimed_world_is_of_a_case_and_answers_all_that_its_judge_asks_for(each):
    assert each.case in CLAIMS[each.claim].cases
    CLAIMS[each.claim].judge(World(each, 2, 0, images=1000), **each.case)


def test_the_models_have_the_accuracies_that_the_source_gives():
    accuracies = {model: 100 * np.mean(list(rates.values())) for model, rates in CLEAN.items()}
    assert accuracies["custom"] == pytest.approx(88.94, abs=0.2)
    assert [accuracies[name] for name in claimed_worlds.MODELS.split()] == pytest.approx(
        [66.6, 88.29, 85.77, 88.6], abs=0.05
    )
    assert sum(claimed_worlds.HIT.values()) == pytest.approx(10)


def test_a_world_has_the_rates_that_it_says():
    rates = by_class("cat 60 bird 97 other 85")
    cells = {("cat", "dog"): 0.25, ("cat", "frog"): 0.1}
    world = World(Claimed("", {}, lambda asked: rates, cells=lambda asked: cells), 20, 0)
    found = world.at("lenet")
    assert [found.recall(name).mean() for name in ("cat", "bird", "ship")] == pytest.approx([0.6, 0.97, 0.85], abs=0.05)
    assert [found.taken("cat", name).mean() for name in ("dog", "frog")] == pytest.approx([0.25, 0.1], abs=0.05)


def test_the_best_epoch_is_of_the_same_trainings_as_the_last():
    (each,) = (each for each in ROWS if (each.claim, each.case.get("level")) == ("he-label-20-intolerable", "0.3"))
    world = World(each, 5, 0)
    best, last = (world.at("resnet20", "wrong:0.3", epoch=epoch).right() for epoch in ("best", "last"))
    assert (best >= last).all()
    assert (best - last).mean() == pytest.approx(0.1, abs=0.01)
    curves = world.at("resnet20", "wrong:0.3").accuracy_curves
    assert (curves.max(1) - curves[:, -1]).mean() == pytest.approx(0.1, abs=0.02)
