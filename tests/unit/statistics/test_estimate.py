from __future__ import annotations

import math

import numpy as np
import pytest

from dqsuite.statistics.estimate import Estimate, difference, estimate, mean_interval, ratio


def test_the_interval_by_hand():
    """Repeats .75 and .5: s²_repeats = .03125; images 1, 1, .5, 0: s²_images = .229167; t(1) = 12.7062."""
    found = mean_interval(np.array([[1, 1, 1, 0], [1, 1, 0, 0]]))
    assert (found.mean, found.n) == (0.625, 2)
    margin = 12.706204736 * math.sqrt(0.03125 / 2 + 0.22916667 / 4)
    assert found.high - found.mean == pytest.approx(margin, rel=1e-6)
    assert found.mean - found.low == pytest.approx(margin, rel=1e-6)


def test_one_repeat_has_a_mean_and_no_interval():
    found = mean_interval(np.array([[1, 0]]))
    assert found.mean == 0.5
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@pytest.mark.parametrize("shape", [(0, 5), (3, 0)])
def test_nothing_measured_is_an_error(shape):
    with pytest.raises(ValueError, match="at least one"):
        mean_interval(np.zeros(shape))


def test_it_covers_the_truth_as_often_as_it_says():
    """Repeats differ by a normal 1 point, images by their difficulty; 95% must cover within binomial error."""
    rng = np.random.default_rng(0)
    worlds, repeats, images, mean = 1000, 5, 400, 0.7
    covered = 0
    for _ in range(worlds):
        chance = rng.uniform(mean - 0.2, mean + 0.2, images) + rng.normal(0, 0.01, (repeats, 1))
        found = mean_interval(rng.random((repeats, images)) < chance)
        covered += found.low <= mean <= found.high
    assert covered / worlds >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / worlds)


def test_a_p_value_is_under_one_fortieth_exactly_where_the_interval_excludes_the_threshold():
    found = Estimate(1.0, 0.5, 5)
    low, high = found.interval()[1:3]
    assert found.p_above(low) == pytest.approx(0.025)
    assert found.p_below(high) == pytest.approx(0.025)
    assert found.p_above(low - 0.01) < 0.025 < found.p_above(low + 0.01)


def test_a_p_value_by_hand():
    """t = 2 with one degree of freedom: the Cauchy distribution leaves 1/2 - atan(2)/π."""
    assert Estimate(1.0, 0.5, 2).p_above() == pytest.approx(0.5 - math.atan(2) / math.pi)
    assert Estimate(1.0, 0.5, 2).p_below() == pytest.approx(0.5 + math.atan(2) / math.pi)


def test_one_repeat_decides_nothing():
    found = estimate(np.array([[1, 0, 1]]))
    assert (found.p_above(), found.p_below(5)) == (1, 1)


@pytest.mark.parametrize(("threshold", "p"), [(-0.1, 0), (0, 1), (0.1, 1)])
def test_a_mean_without_spread_is_certain(threshold, p):
    assert estimate(np.zeros((3, 4))).p_above(threshold) == p


def test_a_block_that_never_changes_adds_to_the_mean_alone():
    scores = np.array([[1, 1, 1, 0], [1, 1, 0, 0]])
    found = estimate(scores, -np.ones((2, 3)))
    assert found.mean == pytest.approx(-0.375)
    assert found.se == pytest.approx(estimate(scores).se)


def test_blocks_share_the_repeats_and_not_the_images():
    """Equal blocks have equal repeats: their difference varies with the images alone, s² = 1/3 over 4 for each."""
    scores = np.array([[1, 1, 0, 0], [1, 1, 0, 0]])
    assert estimate(scores, -scores).se == pytest.approx(math.sqrt(2 / 12))


def test_blocks_of_different_repeats_are_an_error():
    with pytest.raises(ValueError, match="shape"):
        estimate(np.zeros((2, 4)), np.zeros((3, 4)))


def test_a_difference_of_strangers_adds_the_variances_and_has_the_fewer_degrees_of_freedom():
    assert difference(Estimate(0.9, 0.3, 5), Estimate(0.4, 0.4, 3)) == Estimate(0.5, 0.5, 3)


def test_a_ratio_has_the_spread_that_other_worlds_would_give_it():
    rng = np.random.default_rng(0)
    image = rng.uniform(-0.2, 0.2, (2000, 1, 100))
    damaged, clean = (
        (rng.random((2000, 5, 100)) < mean + image + rng.normal(0, 0.02, (2000, 5, 1))) * 1.0 for mean in (0.4, 0.7)
    )
    found = [estimate(ratio(*pair)) for pair in zip(damaged, clean, strict=True)]
    means = [one.mean for one in found]
    assert means[0] == pytest.approx(damaged[0].mean() / clean[0].mean())
    true = np.std(means)
    assert true <= np.sqrt(np.mean([one.se**2 for one in found])) <= 1.5 * true


def test_there_is_no_ratio_of_nothing():
    with pytest.raises(ValueError, match="ratio of 0"):
        ratio(np.ones((2, 2)), np.zeros((2, 2)))
