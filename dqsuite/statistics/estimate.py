"""Means over repeats and test images, two samples at once, and the intervals that cover them.

An outcome is n repeats × N test images, fully crossed: another study would draw other repeats *and* other images. The
analysis is that of diagnostic imaging, where readers are crossed with patients: two-way, random effects (Obuchowski and
Rockette, *Communications in Statistics* 24, 1995; Hillis, *Statistics in Medicine* 26, 2007). With the mean squares of
the repeats, of the images and of their interaction::

    Var(mean) = (MS_R + max(MS_I - MS_RI, 0)) / (n N)
    df        = (n - 1) (n N Var(mean) / MS_R)²

Three changes are ours; each is for worlds where these were simulated to cover less than they say
(`tests/unit/statistics/test_coverage.py`):

- In the degrees of freedom, MS_R is taken (n + 3) / (n - 1) times as large, here and in n N Var. Few repeats often show
  too little of their spread, just where it is the larger part; as it stands, the formula covers 92% with three repeats.
- The images' part has so many degrees of freedom that they are taken as infinite, but for fewer than 100 images, where
  ``MS_I² / (N - 1) + MS_RI² / ((n - 1) (N - 1))`` joins the denominator (Satterthwaite 1946).
- A mean that has a range, such as a rate, is judged on the logit scale of the range, with one image more, which counts
  half at each end of it (for binomial rates: Gart and Zweifel, *Biometrika* 54, 1967; for paired differences: Bonett
  and Price, *Journal of Educational and Behavioral Statistics* 37, 2012).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot, inf, isinf, log, nan, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from dqsuite.statistics.blocks import Alone, Blocks
from dqsuite.statistics.tails import p_lower, quantile


class Interval(NamedTuple):
    """A mean, the ends of its confidence interval, and the number of repeats; the ends are nan for one repeat."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Estimate:
    """A mean with its standard error.

    Attributes
    ----------
    mean, se : float
    n : int
        Repeats.
    df : float
        The degrees of freedom of the standard error.
    low, high : float
        What the mean can be at all, such as 0 and 1 for a rate; no interval leaves it.
    images : int
        Test images, those of the smallest block.
    repeats_variance : float
        The part of ``se²`` that more repeats would make smaller, in inverse proportion to their number.
    """

    mean: float
    se: float
    n: int
    df: float = inf
    low: float = -inf
    high: float = inf
    images: int = 1
    repeats_variance: float = 0.0

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the two-sided interval."""
        if self.n < 2:
            return Interval(self.mean, nan, nan, self.n)
        tail = (1 - confidence) / 2
        if self.se == 0:
            return self._exact(tail)
        margin = quantile(tail, self.df, self._repeats_share, self.n) * self._line_se
        middle = self._line(self._middle)
        low, high = self._back(middle - margin), self._back(middle + margin)
        return Interval(self.mean, min(low, self.mean), max(high, self.mean), self.n)

    def p_below(self, threshold: float = 0.0) -> float:
        """Return the one-sided p-value against a truth at or over the threshold; 1 for one repeat.

        It is under .025 exactly where the 95% interval lies below the threshold.
        """
        return self._p(threshold, 1)

    def p_above(self, threshold: float = 0.0) -> float:
        """Return the one-sided p-value against a truth at or under the threshold; 1 for one repeat."""
        return self._p(threshold, -1)

    def scaled(self, factor: float) -> Estimate:
        """Return the same in another unit, such as points for a factor of 100, which is over 0."""
        return replace(
            self,
            **{name: getattr(self, name) * factor for name in ("mean", "se", "low", "high")},
            repeats_variance=self.repeats_variance * factor**2,
        )

    def _p(self, threshold: float, sign: int) -> float:
        if self.n < 2:
            return 1.0
        if self.se == 0:
            return self._exact_p(threshold, sign)
        gap = sign * (self._line(self._middle) - self._line(threshold))
        return p_lower(gap / self._line_se, self.df, self._repeats_share, self.n)

    def _line(self, value: float) -> float:
        """Return the value on the scale on which its error is taken as normal: the logit of its place in the range."""
        if not self._ranged:
            return value
        if not self.low < value < self.high:
            return -inf if value <= self.low else inf
        return log((value - self.low) / (self.high - value))

    def _back(self, place: float) -> float:
        """Return the value that stands at a place on that scale."""
        return self.low + (self.high - self.low) * float(expit(place)) if self._ranged else place

    @property
    def _ranged(self) -> bool:
        return not isinf(self.high - self.low)

    @property
    def _middle(self) -> float:
        """The mean with one image more, which counts half at each end of the range."""
        if not self._ranged:
            return self.mean
        return (self.images * self.mean + (self.low + self.high) / 2) / (self.images + 1)

    @property
    def _line_se(self) -> float:
        """The standard error of `_middle` on that scale, by the delta method."""
        if not self._ranged:
            return self._error
        middle = self._middle
        return self._error * (self.high - self.low) / ((middle - self.low) * (self.high - middle))

    @property
    def _error(self) -> float:
        """The standard error of `_middle`."""
        if not self._ranged:
            return self.se
        middle = self._middle
        ends = ((self.high - middle) ** 2 + (middle - self.low) ** 2) / 2
        return sqrt(self.se**2 + ends / (self.images + 1) ** 2)

    @property
    def _repeats_share(self) -> float:
        """Of the variance, that of the repeats; all of it where nothing is known of the images."""
        return self.repeats_variance / self._error**2

    def _exact(self, tail: float) -> Interval:
        """Return the interval where every score is the same: the exact binomial one of the images.

        A share of the images at which something else would have been found is, with N of them all alike, under
        ``1 - tail^(1/N)`` (Clopper and Pearson 1934); there, the score may be anything in its range. Without a range,
        nothing is known.
        """
        other = 1 - tail ** (1 / self.images)
        low, high = (nan if isinf(end) else self.mean + other * (end - self.mean) for end in (self.low, self.high))
        return Interval(self.mean, low, high, self.n)

    def _exact_p(self, threshold: float, sign: int) -> float:
        """Return the p-value of `_exact`, whose ends are where it is the tail."""
        end = self.high if sign > 0 else self.low
        room, gap = abs(end - self.mean), sign * (threshold - self.mean)
        if gap <= 0 or isinf(room):
            return 1.0
        return float((1 - gap / room) ** self.images) if gap < room else 0.0


def estimate(*blocks: NDArray[Any], low: float = -inf, high: float = inf) -> Estimate:
    """Estimate a mean over repeats and test images, or the sum of the means of several blocks of images.

    For a difference of two conditions, pass the differences: it is paired by repeat and image. For one class against
    another of the same trainings, ``estimate(cat, -dog)``: it is paired by repeat.

    Parameters
    ----------
    blocks : each (n, N)
        One score per repeat and test image, such as 1 where the prediction is right. The blocks share the repeats and
        have no image in common; N may differ.
    low, high : float
        What the mean can be at all, see `Estimate`.

    Raises
    ------
    ValueError
        There is no repeat or no image, or the numbers of repeats differ.
    """
    if not blocks:
        raise ValueError("an estimate needs at least one repeat and one image")
    found = Blocks.of([np.asarray(block, float)[:, :, None] for block in blocks])
    summed = found if len(blocks) == 1 else found.combine(np.ones((len(blocks), 1)))
    (whole,) = estimates_of(summed.alone([0]), np.array([[low, high]], float))
    return whole


def rate(right: NDArray[Any]) -> Estimate:
    """Estimate a rate, such as an accuracy or a recall, from scores (n, N) that are 1 or 0."""
    return estimate(right, low=0, high=1)


def change(after: NDArray[Any], before: NDArray[Any]) -> Estimate:
    """Estimate the difference of two rates from scores (n, N) that are 1 or 0, paired by repeat and image."""
    return estimate(np.subtract(after, before, dtype=float), low=-1, high=1)


def estimates_of(alone: Alone, spans: NDArray[np.float64]) -> list[Estimate]:
    """Return the estimates of P statistics, which lie in spans (P, 2)."""
    n, images = len(alone.values), int(alone.sizes.min())
    lows, highs = spans.T
    means = alone.values.sum(0) / n
    shown = zip(np.minimum(np.maximum(means, lows), highs).tolist(), lows.tolist(), highs.tolist(), strict=True)
    if n == 1:
        return [Estimate(mean, nan, n, nan, low, high, images) for mean, low, high in shown]
    off = alone.values - means
    repeats = np.einsum("np,np->p", off, off) / (n * (n - 1))
    repeats[repeats < (_ROUNDING * means) ** 2] = 0
    of_images = alone.between - alone.inner
    counted = of_images > alone.inner * _ROUNDING
    variance = np.maximum(repeats + (of_images * counted).sum(0), alone.least.sum(0))
    seen = repeats * (n + 3) / (n - 1)
    uncertain = seen**2 / (n - 1)
    if images < _MANY_IMAGES:
        few = counted & (alone.sizes < _MANY_IMAGES)[:, None]
        own = (alone.between**2 + alone.inner**2 / (n - 1)) / np.maximum(alone.sizes - 1, 1)[:, None]
        uncertain += (own * few).sum(0)
    df = np.full_like(uncertain, inf)
    np.divide((variance - repeats + seen) ** 2, uncertain, out=df, where=uncertain > 0)
    rows = zip(shown, np.sqrt(variance).tolist(), df.tolist(), repeats.tolist(), strict=True)
    return [Estimate(mean, se, n, free, low, high, images, part) for (mean, low, high), se, free, part in rows]


_MANY_IMAGES = 100
_ROUNDING = 1e-12  # what is equal can differ in the last bits


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Return one minus another that shares neither repeats nor images: variances added (Satterthwaite 1946)."""
    se = hypot(one.se, other.se)
    uncertain = one.se**4 / one.df + other.se**4 / other.df
    return Estimate(
        one.mean - other.mean,
        se,
        min(one.n, other.n),
        se**4 / uncertain if uncertain else inf,
        one.low - other.high,
        one.high - other.low,
        min(one.images, other.images),
        one.repeats_variance + other.repeats_variance,
    )


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
