"""Means whose uncertainty has two parts: the repeats, and the finite test set."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit


class Interval(NamedTuple):
    """A mean, the ends of its confidence interval, and the number of repeats; the ends are nan for one repeat."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Estimate:
    """A mean over ``n`` repeats and its standard error, which has n - 1 degrees of freedom (nan for one repeat)."""

    mean: float
    se: float
    n: int

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the two-sided interval, ``mean ± t(n-1) · se``."""
        if self.n < 2:
            return Interval(self.mean, nan, nan, self.n)
        margin = float(stdtrit(self.n - 1, (1 + confidence) / 2)) * self.se
        return Interval(self.mean, self.mean - margin, self.mean + margin, self.n)

    def p_below(self, threshold: float = 0.0) -> float:
        """Return the one-sided p-value against a truth at or over the threshold; 1 for one repeat.

        It is under .025 exactly where the 95% interval lies below the threshold.
        """
        return self._p(self.mean - threshold)

    def p_above(self, threshold: float = 0.0) -> float:
        """Return the one-sided p-value against a truth at or under the threshold; 1 for one repeat."""
        return self._p(threshold - self.mean)

    def _p(self, gap: float) -> float:
        if self.n < 2:
            return 1.0
        if self.se == 0:
            return 0.0 if gap < 0 else 1.0
        return float(stdtr(self.n - 1, gap / self.se))


def estimate(*blocks: NDArray[Any]) -> Estimate:
    """Estimate a mean over repeats and test images, or the sum of the means of several blocks of images.

    ``se² = s²_repeats/n + Σ s²_images/N`` with s²_repeats the variance of the repeats' means (summed over blocks), and
    s²_images the variance of a block's image scores averaged over repeats. The noise of single predictions is in both
    terms, which errs to the wide side. For a paired difference, pass the differences; for one class against another,
    ``estimate(cat, -dog)``.

    Parameters
    ----------
    blocks : each (n, N)
        One score per repeat and test image, such as 1 where the prediction is right. The blocks share the repeats and
        have no image in common; N may differ.

    Raises
    ------
    ValueError
        There is no repeat or no image, or the numbers of repeats differ.
    """
    scores = [np.asarray(block, float) for block in blocks]
    if not scores or not all(block.size for block in scores):
        raise ValueError("an estimate needs at least one repeat and one image")
    repeats = np.sum([block.mean(1) for block in scores], axis=0)
    n = len(repeats)
    if n == 1:
        return Estimate(float(repeats.mean()), nan, n)
    images = sum(block.mean(0).var(ddof=1) / block.shape[1] for block in scores if block.shape[1] > 1)
    return Estimate(float(repeats.mean()), sqrt(repeats.var(ddof=1) / n + images), n)


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Return one minus another that shares neither repeats nor images: variances added, df of the smaller."""
    return Estimate(one.mean - other.mean, float(np.hypot(one.se, other.se)), min(one.n, other.n))


def ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> NDArray[np.float64]:
    """Return scores (n, N) whose mean is the ratio of two paired means, and whose spread is that of the ratio.

    The delta method: with means A and B, ``A/B + (a - A/B · b) / B`` for each score. For relative accuracies and the
    Impact Index.

    Parameters
    ----------
    numerator, denominator : (n, N)
        Scores on the same repeats and images.

    Raises
    ------
    ValueError
        The denominator's mean is 0.
    """
    a, b = np.asarray(numerator, float), np.asarray(denominator, float)
    if not b.mean():
        raise ValueError("nothing is a ratio of 0")
    quotient = a.mean() / b.mean()
    scores: NDArray[np.float64] = quotient + (a - quotient * b) / b.mean()
    return scores


def mean_interval(scores: NDArray[Any]) -> Interval:
    """Return the 95% interval of a mean over repeats and test images, as `estimate`."""
    return estimate(scores).interval()
