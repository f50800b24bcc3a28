from __future__ import annotations

import json

import numpy as np
import pytest
from label_worlds import KINDS, World
from repair_worlds import Study, study

from dqsuite.advice.decision import CLEAN, COLLECT, UNTOLD, Decision, Prices, decide
from dqsuite.advice.repair_words import sentences
from dqsuite.core.errors import DqError
from dqsuite.experiment.recipes import RECIPES

RECIPE = RECIPES["standard"]  # batches of 64; the studies have 2,000 records


def decided(made: Study, prices: Prices) -> Decision:
    return decide(made.outlook, prices, RECIPE)


@pytest.fixture(scope="module")
def noisy():
    return study(World(0.4, skill=4.0), 1)


def test_many_wrong_labels_and_dear_records_are_to_be_cleaned(noisy):
    found = decided(noisy, Prices(1000, 1, 50))
    assert found.verdict == CLEAN
    assert (found.clean.relabelled, found.clean.collected) == (1000, 0)
    assert (found.collect.relabelled, found.collect.collected) == (0, 20)


def test_dear_labels_and_cheap_records_are_to_be_collected(noisy):
    assert decided(noisy, Prices(1000, 50, 0.5)).verdict == COLLECT


def test_perfect_labels_are_not_to_be_cleaned():
    found = decided(study(World(0.0, skill=4.0), 2), Prices(1000, 1, 1))
    assert found.verdict == COLLECT
    assert found.clean.gain.mean < 0.005


def test_what_is_alike_cannot_be_told_apart_and_says_what_would():
    made = study(World(0.1, skill=2.5), 3)
    verdicts = {price: decided(made, Prices(500, 1, price)) for price in np.geomspace(0.2, 20, 9)}
    untold = [found for found in verdicts.values() if found.verdict == UNTOLD]
    assert untold
    assert any(found.evidence and found.evidence > 1 for found in untold)


def test_a_mix_spends_the_budget_and_no_more(noisy):
    found = decided(noisy, Prices(3000, 1, 2))
    assert all(choice.cost <= 3000 for choice in found.choices)
    assert max(choice.relabelled for choice in found.choices) == 2000  # there are no more
    assert found.best.gain.mean >= max(found.clean.gain.mean, found.collect.gain.mean) - 1e-9


def test_records_that_would_be_a_last_batch_of_a_few_are_left_over(noisy):
    found = decided(noisy, Prices(1000, 1, 20))
    assert (found.collect.collected, found.collect.left_over) == (48, 2)  # 2,050 are 32 batches and 2
    assert found.collect.cost == 960
    assert found.clean.left_over == 0
    assert "Up to 2 more would be the last batch" in " ".join(sentences(noisy.outlook, found))
    assert not any(choice.left_over for choice in decided(noisy, Prices(1000, 1, 50)).choices)


def test_it_is_plain_json_and_sentences(noisy):
    found = decided(noisy, Prices(1000, 1, 50))
    assert json.loads(json.dumps(found.to_json()))["verdict"] == CLEAN
    text = " ".join(sentences(noisy.outlook, found))
    assert "relabel" in text
    assert "200 checked records" in text


@pytest.mark.parametrize("prices", [(0, 1, 1), (10, -1, 1), (10, 1, float("inf")), (float("nan"), 1, 1)])
def test_prices_that_are_none_are_refused(prices):
    with pytest.raises(DqError, match="give a number above 0"):
        Prices(*prices)


def test_a_budget_for_nothing_is_refused(noisy):
    with pytest.raises(DqError, match="buys neither"):
        decided(noisy, Prices(0.5, 1, 1))


@pytest.mark.thorough
def test_in_two_hundred_worlds_intervals_cover_and_decisions_are_right():
    """The law of these worlds is not the one of the advice."""
    hits, right, told = [], 0, 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        rate, skill, together = (
            float(rng.choice(each)) for each in ((0.05, 0.1, 0.2, 0.3, 0.4), (1.5, 2.5, 4), (0, 0.4))
        )
        made = study(World(rate, str(rng.choice(KINDS)), skill=skill, together=together), seed)
        found = decided(made, Prices(1000, 1, float(rng.choice([0.5, 1, 2, 5]))))
        truths = {name: made.gain(*getattr(found, name)[:2]) for name in ("clean", "collect", "best")}
        hits.append(
            [getattr(found, name).gain.low <= truth <= getattr(found, name).gain.high for name, truth in truths.items()]
        )
        whole = made.outlook.without_noise().gain
        hits[-1].append(whole.low <= made.gain(2000, 0) <= whole.high)
        if found.verdict != UNTOLD:
            told += 1
            right += (found.verdict == CLEAN) == (truths["clean"] > truths["collect"])
    assert np.mean(hits, axis=0).min() >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / 200)
    assert right >= 0.95 * told
    assert told >= 80


@pytest.mark.thorough
def test_without_an_audit_decisions_are_right_too():
    told = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        made = study(World(float(rng.choice([0.1, 0.4])), str(rng.choice(KINDS)), skill=2.5), seed, audited=0)
        found = decided(made, Prices(1000, 1, float(rng.choice([0.5, 1, 2, 5]))))
        if found.verdict != UNTOLD:
            truth = made.gain(*found.clean[:2]) > made.gain(*found.collect[:2])
            told.append((found.verdict == CLEAN) == truth)
    assert len(told) >= 15
    assert np.mean(told) >= 0.9
