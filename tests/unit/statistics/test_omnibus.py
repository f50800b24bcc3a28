"""One test of whether all statistics are equal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dqsuite.statistics.blocks import Blocks
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.omnibus import p_equal


def scores(rates, seed=0, repeats=5, images=200):
    """Return the scores of each class, right with its rate, in blocks of images of their own."""
    rng = np.random.default_rng(seed)
    return [(rng.random((repeats, images, 1)) < rate).astype(float) for rate in rates]


@given(st.integers(0, 1000))
def test_of_two_it_is_the_comparison_of_the_pair(seed):
    blocks = scores([0.5, 0.55], seed)
    pair = JointEstimate.of(blocks).difference(0, 1)
    two_sided = 2 * min(pair.p_above(), pair.p_below())
    if two_sided >= 0.05:  # nearer than that the pair's p-value has more room
        assert p_equal(Blocks.of(blocks)) == pytest.approx(two_sided, rel=1e-9)


def share_found(rates, worlds=200):
    return np.mean([p_equal(Blocks.of(scores(rates, seed))) <= 0.05 for seed in range(worlds)])


def test_it_knows_what_differs_from_what_does_not():
    assert share_found([0.5] * 6) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert share_found([0.5] * 5 + [0.7]) >= 0.95


def test_many_small_differences_count_together():
    rates, worlds = np.linspace(0.5, 0.57, 10), 200
    pairs = [(one, other) for other in range(10) for one in range(other)]

    def found_by_pairs(seed):
        differences = JointEstimate.of(scores(rates, seed)).differences(pairs)
        return min(2 * min(each.p_above(), each.p_below()) for each in differences) * len(pairs) <= 0.05

    assert share_found(rates, worlds) > np.mean([found_by_pairs(seed) for seed in range(worlds)]) + 0.05


def test_nothing_is_said_where_no_score_varies():
    assert p_equal(Blocks.of([np.ones((3, 5, 1)), np.zeros((3, 5, 1))])) == 1
