"""Intervals whose uncertainty has two parts: the repeats, and the finite test set."""

from __future__ import annotations

from math import nan, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit


class Interval(NamedTuple):
    """A mean, the ends of its confidence interval, and the number of repeats; the ends are nan for one repeat."""

    mean: float
    low: float
    high: float
    n: int


def mean_interval(scores: NDArray[Any], confidence: float = 0.95) -> Interval:
    """Return the interval of a mean over repeats and test images.

    ``mean ± t(n-1) · √(s²_repeats/n + s²_images/N)``, with s²_repeats the variance of the repeats' means and
    s²_images the variance of the images' scores averaged over repeats. For a paired difference, pass the differences.

    Parameters
    ----------
    scores : (n, N)
        One score per repeat and test image, such as 1 where the prediction is right.
    confidence : float
        Of the two-sided interval.

    Raises
    ------
    ValueError
        There is no repeat or no image.
    """
    scores = np.asarray(scores, float)
    n, images = scores.shape
    if not scores.size:
        raise ValueError("an interval needs at least one repeat and one image")
    mean = float(scores.mean())
    if n == 1:
        return Interval(mean, nan, nan, n)
    variance = scores.mean(1).var(ddof=1) / n + (scores.mean(0).var(ddof=1) / images if images > 1 else 0.0)
    margin = float(stdtrit(n - 1, (1 + confidence) / 2)) * sqrt(variance)
    return Interval(mean, mean - margin, mean + margin, n)
