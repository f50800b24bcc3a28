from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dqsuite.statistics.estimate import Estimate, change, difference, estimate, rate, ratio


def test_the_variance_by_hand():
    """Repeats .75 and .5: MS_R/(nN) = .03125/2; images 1, 1, .5, 0: MS_I = .458333; MS_RI = .125; over nN = 8."""
    found = estimate(np.array([[1, 1, 1, 0], [1, 1, 0, 0]]))
    assert (found.mean, found.n, found.images) == (0.625, 2, 4)
    assert found.repeats_variance == pytest.approx(0.03125 / 2)
    assert found.se**2 == pytest.approx(0.03125 / 2 + (0.4583333 - 0.125) / 8)


def test_the_degrees_of_freedom_by_hand():
    """The same: MS_R five times as large, as (n + 3) / (n - 1) has it; the four images' own join the denominator."""
    repeats, images, inner = 0.03125 / 2, 0.4583333 / 8, 0.125 / 8
    expected = (5 * repeats + images - inner) ** 2 / ((5 * repeats) ** 2 + images**2 / 3 + inner**2 / 3)
    assert estimate(np.array([[1, 1, 1, 0], [1, 1, 0, 0]])).df == pytest.approx(expected)


def test_many_images_have_as_many_degrees_of_freedom_as_one_likes():
    same = np.tile(np.arange(200) % 2, (5, 1))
    assert estimate(same).df == math.inf
    assert estimate(same).se == pytest.approx(math.sqrt(0.25 / 199))


def test_repeats_that_vary_alone_are_a_t_interval():
    found = estimate(np.array([[0.0], [1.0], [2.0]])).interval()
    assert (found.low, found.high) == pytest.approx((1 - 4.302653 / math.sqrt(3), 1 + 4.302653 / math.sqrt(3)))


def test_one_repeat_has_a_mean_and_no_interval_and_decides_nothing():
    found = rate(np.array([[1, 0]]))
    assert found.mean == 0.5
    assert all(math.isnan(end) for end in found.interval()[1:3])
    assert (found.p_above(), found.p_below(5)) == (1, 1)


def test_luck_that_hides_the_images_leaves_no_interval_narrower_than_its_own():
    """Each repeat misses one other image: the repeats are equal, and so are the images but for luck."""
    found = rate(1.0 - np.eye(5, 36))
    assert found.se == pytest.approx(math.sqrt(5 / 180 * 175 / 180 * 180 / 179 / 180))


def test_where_nothing_varies_it_is_the_exact_binomial_interval_of_the_images():
    """36 of 36: Clopper and Pearson's lower end is .025^(1/36) = .9026."""
    found = rate(np.ones((5, 36)))
    assert found.interval()[:3] == pytest.approx((1, 0.0250 ** (1 / 36), 1))
    assert found.p_above(0.025 ** (1 / 36)) == pytest.approx(0.025)
    assert (found.p_above(1), found.p_below(0.5)) == (1, 1)
    assert change(np.ones((5, 36)), np.ones((5, 36))).interval()[1:3] == pytest.approx((-0.0974, 0.0974), abs=1e-4)


def test_what_has_no_range_and_no_spread_is_not_known():
    found = estimate(np.zeros((3, 4)))
    assert all(math.isnan(end) for end in found.interval()[1:3])
    assert (found.p_above(-1), found.p_below(1)) == (1, 1)


scores = arrays(np.int8, st.tuples(st.integers(2, 6), st.integers(1, 40)), elements=st.integers(0, 1))


@given(scores, st.sampled_from([0.5, 0.95, 0.999]))
def test_no_interval_of_a_rate_has_no_width_leaves_its_range_or_misses_its_mean(right, confidence):
    mean, low, high, _ = rate(right).interval(confidence)
    assert 0 <= low <= mean <= high <= 1
    assert low < high


@given(scores, st.floats(0.01, 0.99))
def test_a_p_value_is_under_one_fortieth_exactly_where_the_interval_excludes_the_threshold(right, threshold):
    found = rate(right)
    _, low, high, _ = found.interval()
    assert (found.p_above(threshold) < 0.025) == (low > threshold) or low == pytest.approx(threshold)
    assert (found.p_below(threshold) < 0.025) == (high < threshold) or high == pytest.approx(threshold)


@given(scores)
def test_what_is_wrong_is_judged_as_what_is_right(right):
    one, other = rate(right).interval(), rate(1 - right).interval()
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


@given(scores, st.floats(-0.9, 0.9))
def test_a_unit_changes_nothing(right, threshold):
    found = change(right, 1 - right)
    assert found.scaled(100).p_below(100 * threshold) == pytest.approx(found.p_below(threshold))
    assert found.scaled(100).interval()[1] == pytest.approx(100 * found.interval()[1])


def test_blocks_share_the_repeats_and_not_the_images():
    """Equal blocks have equal repeats: their difference varies with the images alone, MS_I/(nN) = 1/12 for each."""
    right = np.array([[1, 1, 0, 0], [1, 1, 0, 0]])
    assert estimate(right, -right).se == pytest.approx(math.sqrt(2 / 12))


def test_a_difference_of_strangers_adds_the_variances_and_the_degrees_of_freedom_as_satterthwaite_does():
    found = difference(Estimate(0.9, 0.3, 5, 4, 0, 1), Estimate(0.4, 0.4, 3, 2, 0, 1))
    assert (found.mean, found.se, found.n) == pytest.approx((0.5, 0.5, 3))
    assert found.df == pytest.approx(0.5**4 / (0.3**4 / 4 + 0.4**4 / 2))
    assert (found.low, found.high) == (-1, 1)


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
    assert 0.93 * true <= np.sqrt(np.mean([one.se**2 for one in found])) <= 1.15 * true


def test_there_is_no_ratio_of_nothing():
    with pytest.raises(ValueError, match="ratio of 0"):
        ratio(np.ones((2, 2)), np.zeros((2, 2)))


def test_nothing_is_no_estimate():
    with pytest.raises(ValueError, match="at least one"):
        estimate()
