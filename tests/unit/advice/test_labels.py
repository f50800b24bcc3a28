from __future__ import annotations

import sys

import numpy as np
import pytest
from label_worlds import KINDS, World, drawn

from dqsuite.advice.labels import wrong_labels
from dqsuite.advice.mixture import range_of
from dqsuite.core.errors import DqError

MIXED = [
    World(rate, kind, skill=skill, together=together)
    for rate in (0.0, 0.05, 0.2, 0.4)
    for kind in KINDS
    for skill in (1.5, 2.5, 4.0)
    for together in (0.0, 0.4)
]


def known(world: World, seed: int = 0, audited: int = 200):
    data = drawn(world, seed)
    return data, wrong_labels(data.found, data.given, data.y_test, data.audit(audited, seed) if audited else None)


@pytest.mark.parametrize("kind", KINDS)
def test_the_most_suspect_are_mostly_wrong(kind):
    data, found = known(World(0.2, kind, skill=4))
    wrong = data.given != data.true
    assert wrong[found.order[:200]].mean() > 0.9
    assert sorted(found.order) == list(range(len(data.given)))
    named = found.suggested[found.order[:200]] == data.true[found.order[:200]]
    assert named.mean() > 0.8
    assert (found.suggested != data.given).all()


def test_an_audit_takes_the_place_of_the_range():
    _, found = known(World(0.2))
    assert found.rate.n == 200
    _, without = known(World(0.2), audited=0)
    assert without.rate == without.range
    drawn_rates = without.rates(100)
    assert drawn_rates.min() >= without.range.low
    assert drawn_rates.max() <= without.range.high


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("skill", [1.5, 4.0])
def test_what_is_left_after_relabelling_is_foreseen(rate, skill):
    data, found = known(World(rate, skill=skill), seed=3)
    wrong = (data.given != data.true)[found.order]
    for relabelled in (0, 300, 1000, 2000):
        low, high = np.quantile(found.spread(found.rates(500)).left(relabelled), [0.01, 0.99])
        assert low - 0.005 <= wrong[relabelled:].sum() / 2000 <= high + 0.005


def test_nothing_is_left_once_all_are_relabelled():
    _, found = known(World(0.3))
    assert (found.spread(found.rates(50)).left(2000) == 0).all()


@pytest.mark.thorough
def test_without_an_audit_the_range_covers_nine_of_ten():
    covered = []
    for seed, world in enumerate(3 * MIXED):
        data = drawn(world, seed)
        _, low, high, _ = range_of(data.found, data.given, data.y_test)
        covered.append(low <= data.rate <= high)
    assert np.mean(covered) >= 0.9


def test_perfect_labels_and_random_labels_get_a_sensible_rate():
    data, found = known(World(0.0, skill=4))
    assert found.rate.low == 0
    assert found.range.low < 0.005
    data, found = known(World(0.9, skill=2.5))
    assert found.rate.low < data.rate < found.rate.high


def test_a_model_at_chance_says_anything_may_be():
    data = drawn(World(0.2, skill=0.0), 1)
    _, low, high, _ = range_of(data.found, data.given, data.y_test)
    assert high - low > 0.3


def test_two_classes_and_few_records_are_enough():
    data, found = known(World(0.2, records=40, tests=10, classes=2, kind="pair"), audited=20)
    assert 0 <= found.rate.low <= data.rate <= found.rate.high
    assert np.isfinite(found.chances).all()


def test_a_class_without_records_leaves_cleanlab_without_an_estimate():
    data = drawn(World(0.1, records=200), 0)
    data.given[data.given == 3] = 4
    found = wrong_labels(data.found, data.given, data.y_test)
    assert np.isnan(found.cleanlab.rate)
    assert len(found.order) == 200


def test_without_cleanlab_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "cleanlab.count", None)
    data = drawn(World(0.1, records=100, tests=50), 0)
    with pytest.raises(DqError, match=r"not installed; pip install dqsuite\[advice\]"):
        wrong_labels(data.found, data.given, data.y_test)


def test_one_class_has_no_wrong_labels():
    data = drawn(World(0.0, records=20, tests=10, classes=1), 0)
    with pytest.raises(DqError, match="one class"):
        wrong_labels(data.found, data.given, data.y_test)
