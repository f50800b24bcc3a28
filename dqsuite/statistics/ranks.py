"""Ranks and their agreement, on the last axis of an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]


def mean_ranks(values: Values) -> NDArray[np.float64]:
    """Rank the values, 1 for the lowest; ties share their mean rank: (..., K) to (..., K).

    Each is compared with each, which takes less than scipy's import for as many as there are classes.
    """
    one, other = values[..., :, None], values[..., None, :]
    ranks = (other < one).sum(-1) + ((other == one).sum(-1) + 1) / 2
    return np.where(np.isnan(values).any(-1, keepdims=True), np.nan, ranks)


def kendall_w(values: Values) -> NDArray[np.float64]:
    """Return Kendall's coefficient of concordance W, corrected for ties: (..., raters, items) to (...).

    ``W = (12 Σ R² / m² - 3 K (K+1)²) / (K (K²-1) - Σ (t³-t) / m)`` with R the items' sums of ranks over the m raters;
    0 where every rater ties all items (Kendall and Gibbons, *Rank Correlation Methods*, 1990, chapter 6).
    """
    ranks = mean_ranks(values)
    raters, items = ranks.shape[-2:]
    middle = (items + 1) / 2
    between = ((ranks.mean(-2) - middle) ** 2).sum(-1)
    return _quotient(between, ((ranks - middle) ** 2).sum((-2, -1)) / raters)


def spearman(values: Values) -> NDArray[np.float64]:
    """Return Spearman's rank correlation of two raters, 0 where one ties all items: (..., 2, items) to (...)."""
    ranks = mean_ranks(values)
    one, other = np.moveaxis(ranks - ranks.mean(-1, keepdims=True), -2, 0)
    return _quotient((one * other).sum(-1), np.sqrt((one**2).sum(-1) * (other**2).sum(-1)))


def _quotient(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(above, below, out=np.zeros_like(above), where=below > 0))
