from __future__ import annotations

from math import inf

import numpy as np
import pytest

from dqsuite.statistics.estimate import estimate
from dqsuite.statistics.joint import JointEstimate


@pytest.fixture
def blocks():
    """Return two blocks, of 30 and 40 images, of two statistics each on 4 repeats."""
    rng = np.random.default_rng(0)
    return [(rng.random((4, images, 2)) < 0.6).astype(float) for images in (30, 40)]


def test_an_estimate_is_that_of_its_block(blocks):
    rates = JointEstimate.of(blocks, low=0, high=1)
    assert (rates.n, rates.count) == (4, 4)
    for index, (block, column) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
        expected = estimate(blocks[block][:, :, column], low=0, high=1)
        found = rates.estimate(index)
        assert (found.mean, found.se, found.low, found.high) == pytest.approx((expected.mean, expected.se, 0, 1))


def test_a_difference_is_paired_within_a_block_and_shares_repeats_between_blocks(blocks):
    rates = JointEstimate.of(blocks, low=0, high=1)
    within = estimate(blocks[0][:, :, 0] - blocks[0][:, :, 1])
    between = estimate(blocks[0][:, :, 0], -blocks[1][:, :, 0])
    assert (rates.difference(0, 1).se, rates.difference(0, 1).df) == pytest.approx((within.se, within.df))
    assert (rates.difference(0, 2).se, rates.difference(0, 2).df) == pytest.approx((between.se, between.df))
    assert (rates.difference(0, 2).low, rates.difference(0, 2).high) == (-1, 1)


def test_a_combination_is_the_estimate_of_the_combined_scores_in_the_range_that_follows(blocks):
    found = JointEstimate.of(blocks, low=0, high=1).combine(np.array([[1, 0, -0.5, -0.25]]).T, ["mixed"])
    expected = estimate(blocks[0][:, :, 0], blocks[1] @ [-0.5, -0.25])
    one = found.estimate(0)
    assert (one.mean, one.se, one.low, one.high) == pytest.approx((expected.mean, expected.se, -0.75, 1))
    assert found.names == ["mixed"]


def test_a_combination_of_what_has_no_range_has_none(blocks):
    found = JointEstimate.of(blocks).combine(np.array([[1, 0, -0.5, -0.5]]).T).estimate(0)
    assert (found.low, found.high) == (-inf, inf)


def test_draws_have_the_spread_of_the_estimates(blocks):
    rates = JointEstimate.of([np.tile(block, (1, 20, 1)) for block in blocks])
    draws = rates.draws(40_000)
    for index in range(4):
        low, high = np.quantile(draws[:, index], [0.025, 0.975])
        found = rates.estimate(index).interval()
        assert (low, high) == pytest.approx((found.low, found.high), abs=0.2 * (found.high - found.low))


def test_draws_are_the_same_every_time_and_keep_to_the_range(blocks):
    one, other = (JointEstimate.of(blocks, low=0, high=1).draws(1000) for _ in range(2))
    assert (one == other).all()
    assert one.min() >= 0
    assert one.max() <= 1


def test_one_repeat_cannot_be_drawn(blocks):
    with pytest.raises(ValueError, match="two repeats"):
        JointEstimate.of([block[:1] for block in blocks]).draws(10)
