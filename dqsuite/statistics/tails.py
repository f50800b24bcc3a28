"""p-values of a mean whose variance has a part that is estimated from few repeats, and one that is known well.

Satterthwaite's approximation, Student's t with fitted degrees of freedom, is good in the middle of the distribution and
too bold far out: where the repeats' part is ten times the images', three repeats give one in a thousand seven times as
often as it says. Behrens' and Fisher's, the sum of a t and a normal variable, is never too bold, and too timid near 5%:
it covers up to 97.5% where 95% are asked for. So the p-value is the larger of the first and of a part of the second,
which grows from a half, at 10% and above, to the whole far out.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, hypot, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

_MANY = 1e9  # degrees of freedom: from here on Student's distribution is the normal one to every digit
_REACH = 8  # of the normal variable
_FAR_OUT = -6.0  # standard errors: beyond, the steps over Student's values are too wide
_USUAL = 0.05  # two-sided: from three repeats on, the fitted p-value is the larger one from here on
_USUAL_OF_TWO = 0.2
_LEAST_PART, _FALL = 0.5, 5  # of Behrens' and Fisher's p-value p, the part 1 - √(5 p) counts
_MOST_STEPS, _PRECISION = 50, 1e-9


@lru_cache(maxsize=2**16)  # the same numbers are judged, drawn and listed
def p_lower(t: float, df: float, share: float, n: int) -> float:
    """Return the one-sided p-value of a statistic that is low where it speaks against the null.

    Parameters
    ----------
    t : float
        The estimate less the threshold, over the standard error.
    df : float
        Satterthwaite's degrees of freedom.
    share : float
        Of the variance, that of the n repeats.
    """
    fitted = float(stdtr(min(df, _MANY), t))
    if t >= 0 or share <= 0 or 2 * fitted >= _usual(n):
        return fitted
    both = _of_both(t, share, n)
    return max(fitted, both * max(_LEAST_PART, 1 - sqrt(_FALL * both)))


@lru_cache(maxsize=2**16)
def quantile(tail: float, df: float, share: float, n: int) -> float:
    """Return the standard errors beyond which `p_lower` is less than a tail."""
    fitted = -float(stdtrit(min(df, _MANY), tail))
    if share <= 0 or 2 * tail >= _usual(n):
        return fitted
    return max(fitted, _quantile_of_both(_whole(tail), share, n))


def _usual(n: int) -> float:
    return _USUAL if n > 2 else _USUAL_OF_TWO


def _of_both(t: float, share: float, n: int) -> float:
    """Return Behrens' and Fisher's one-sided p-value."""
    known, estimated = sqrt(max(0.0, 1 - share)), sqrt(share)
    if share > 0.5 or t < _FAR_OUT:
        values, weights = _normals(0.2 if share > 0.5 else 0.1)  # the wider Student's part, the fewer steps tell it
        return float(stdtr(n - 1, (t - known * values) / estimated) @ weights)
    values, weights = _students(n - 1)  # the normal part is wide enough for steps over the other one, which are fewer
    return float(ndtr((t - estimated * values) / known) @ weights)


def _whole(tail: float) -> float:
    """Return the p-value of both of which a tail is the part that counts: it lies under twice the tail."""
    whole = tail
    for _ in range(_MOST_STEPS):
        before, whole = whole, tail / max(_LEAST_PART, 1 - sqrt(_FALL * whole))
        if whole - before < _PRECISION * whole:
            break
    return whole


def _quantile_of_both(tail: float, share: float, n: int) -> float:
    """Return the standard errors beyond which `_of_both` is less than a tail.

    By the secant method over logarithms, where the tail of Student's t is a line.
    """
    aim, wide = log(tail), float(stdtrit(n - 1, tail))
    last, place = log(-wide), log(hypot(sqrt(share) * wide, sqrt(max(0.0, 1 - share)) * float(ndtri(tail))))
    last_gap = log(_of_both(-exp(last), share, n)) - aim
    for _ in range(_MOST_STEPS):
        gap = log(_of_both(-exp(place), share, n)) - aim
        if abs(gap) < _PRECISION or gap == last_gap:
            break
        last, place, last_gap = place, place - gap * (place - last) / (gap - last_gap), gap
    return exp(place)


@lru_cache(maxsize=2)
def _normals(step: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return values of a normal variable at even steps, and their weights."""
    places = np.arange(-_REACH, _REACH + step / 2, step)
    weights = np.exp(-(places**2) / 2)
    return places, weights / weights.sum()


@lru_cache(maxsize=256)
def _students(df: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return values of Student's t and their weights: at even steps of v, where t is ``√df sinh v``.

    There its density is in proportion to ``cosh(v) ** -df``, which needs few steps even where t has hardly a mean.
    """
    step = min(0.1, 0.7 / sqrt(df))
    count = np.ceil((1 + 40 / df) / step)
    places = np.arange(-count, count + 1) * step
    weights = np.cosh(places) ** -float(df)
    return sqrt(df) * np.sinh(places), weights / weights.sum()
