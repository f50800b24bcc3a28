from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtr

from dqsuite.statistics.tails import p_lower, quantile


def _df(share: float, n: int) -> float:
    return (n - 1) / share**2


def test_the_repeats_alone_are_a_t():
    assert p_lower(-3, 4, 1, 5) == pytest.approx(stdtr(4, -3))
    assert quantile(0.025, 4, 1, 5) == pytest.approx(2.776445)


def test_the_images_alone_are_normal():
    assert p_lower(-1.959964, np.inf, 0, 5) == pytest.approx(0.025)
    assert quantile(0.0005, np.inf, 0, 5) == pytest.approx(3.290527)


shares, repeats = st.floats(0.01, 1), st.sampled_from([2, 3, 5, 10])


@given(shares, repeats, st.floats(-30, 0), st.floats(0, 5))
def test_the_further_out_the_less_likely(share, n, t, step):
    df = _df(share, n)
    assert p_lower(t - step, df, share, n) <= p_lower(t, df, share, n) * (1 + 1e-9)


@given(shares, repeats, st.floats(1e-12, 0.2))
def test_the_quantile_is_where_the_p_value_is_the_tail(share, n, tail):
    df = _df(share, n)
    assert p_lower(-quantile(tail, df, share, n), df, share, n) == pytest.approx(tail, rel=1e-4)


@pytest.mark.parametrize("n", [3, 5])
@pytest.mark.parametrize("ratio", [0.1, 1, 10, 100])
@pytest.mark.parametrize("error", [0.05, 0.05 / 45])
def test_it_errs_as_often_as_it_says_or_less_also_far_out(n, ratio, error):
    """Means of n repeats whose variance is so many times that of the images."""
    rng = np.random.default_rng(0)
    worlds = 20_000
    means = -np.abs(rng.standard_normal(worlds)) * np.sqrt(ratio + 1)
    found = ratio * rng.chisquare(n - 1, worlds) / (n - 1)
    seen = found * (n + 3) / (n - 1)
    variance, df = found + 1, (n - 1) * ((seen + 1) / seen) ** 2
    wrong = [
        2 * p_lower(mean / np.sqrt(total), fitted, repeat / total, n) < error
        for mean, total, fitted, repeat in zip(means, variance, df, found, strict=True)
    ]
    assert np.mean(wrong) <= 1.1 * error + 3 * np.sqrt(error / worlds)
