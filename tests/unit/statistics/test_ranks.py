from __future__ import annotations

import numpy as np
import pytest

from dqsuite.statistics import ranks


def test_kendalls_w_by_hand():
    """Ranks 1 2 3 and 1 3 2: sums 2 5 5, S = 6, W = 12 · 6 / (4 · 24) = .75."""
    assert ranks.kendall_w(np.array([[1, 2, 3], [1, 3, 2]])) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("ratings", "w"), [([[1, 2, 3]] * 4, 1), ([[1, 2, 3], [3, 2, 1]], 0), ([[5, 5, 5]] * 2, 0), ([[1, 1, 2]] * 2, 1)]
)
def test_kendalls_w_at_its_ends_and_with_ties(ratings, w):
    assert ranks.kendall_w(np.array(ratings)) == pytest.approx(w)


def test_kendalls_w_is_friedmans_statistic():
    from scipy.stats import friedmanchisquare

    values = np.random.default_rng(0).integers(0, 4, (5, 6))
    assert 5 * 5 * ranks.kendall_w(values) == pytest.approx(friedmanchisquare(*values.T).statistic)


@pytest.mark.parametrize("shape", [(1,), (7,), (3, 5), (2, 4, 10)])
@pytest.mark.parametrize("kinds", [1, 3, 1000])
def test_mean_ranks_are_scipys(shape, kinds):
    from scipy.stats import rankdata

    values = np.random.default_rng(0).integers(0, kinds, shape) / 3
    np.testing.assert_array_equal(ranks.mean_ranks(values), rankdata(values, axis=-1))


def test_what_is_no_number_has_no_ranks():
    found = ranks.mean_ranks(np.array([[2.0, np.nan], [2.0, 1.0]]))
    np.testing.assert_array_equal(found, [[np.nan, np.nan], [2, 1]])


def test_spearman_agrees_with_scipy_and_is_0_for_a_constant():
    from scipy.stats import spearmanr

    pairs = np.random.default_rng(0).integers(0, 5, (3, 2, 8))
    assert ranks.spearman(pairs) == pytest.approx([spearmanr(*pair).statistic for pair in pairs])
    assert ranks.spearman(np.array([[1, 2, 3], [4, 4, 4]])) == 0
