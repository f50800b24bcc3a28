from __future__ import annotations

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
    rates = JointEstimate.of(blocks)
    assert (rates.n, rates.count) == (4, 4)
    for index, (block, column) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
        expected = estimate(blocks[block][:, :, column])
        assert rates.estimate(index).mean == pytest.approx(expected.mean)
        assert rates.estimate(index).se == pytest.approx(expected.se)


def test_a_difference_is_paired_within_a_block_and_shares_repeats_between_blocks(blocks):
    rates = JointEstimate.of(blocks)
    within = estimate(blocks[0][:, :, 0] - blocks[0][:, :, 1])
    between = estimate(blocks[0][:, :, 0], -blocks[1][:, :, 0])
    assert rates.difference(0, 1).se == pytest.approx(within.se)
    assert rates.difference(0, 2).se == pytest.approx(between.se)


def test_a_combination_is_the_estimate_of_the_combined_scores(blocks):
    found = JointEstimate.of(blocks).combine(np.array([[1, 0, -0.5, -0.5]]).T).estimate(0)
    expected = estimate(blocks[0][:, :, 0], -blocks[1].mean(2))
    assert (found.mean, found.se) == pytest.approx((expected.mean, expected.se))


def test_draws_have_the_t_distribution_of_the_interval(blocks):
    rates = JointEstimate.of(blocks)
    draws = rates.draws(40_000)
    found = np.quantile(draws[:, 0] - draws[:, 2], [0.025, 0.5, 0.975])
    mean, low, high, _ = rates.difference(0, 2).interval()
    assert found == pytest.approx([low, mean, high], abs=0.03 * (high - low))


def test_draws_are_the_same_every_time(blocks):
    assert (JointEstimate.of(blocks).draws(10) == JointEstimate.of(blocks).draws(10)).all()


def test_one_repeat_cannot_be_drawn(blocks):
    with pytest.raises(ValueError, match="two repeats"):
        JointEstimate.of([block[:1] for block in blocks]).draws(10)


def test_one_image_has_no_image_part():
    assert JointEstimate.of([np.array([[0.0], [1.0]])]).image_covariance == 0
