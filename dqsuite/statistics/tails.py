"""p-values of a mean whose variance has a part that is estimated from few repeats, and one that is known well.

Satterthwaite's approximation, Student's t with fitted degrees of freedom, is good in the middle of the distribution and
too bold far out: where the repeats' part is ten times the images', three repeats give one in a thousand seven times as
often as it says. Behrens' and Fisher's, the sum of a t and a normal variable, is never too bold, and too timid near 5%:
it covers up to 97.5% where 95% are asked for. So the p-value is the larger of the first and of a part of the second,
which grows from a half, at 10% and above, to the whole far out.
"""

from __future__ import annotations

from functools import lru_cache
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr, stdtrit

_MANY = 1e9  # degrees of freedom: from here on Student's distribution is the normal one to every digit
_NORMAL = np.linspace(-8, 8, 161)
_WEIGHTS = np.exp(-(_NORMAL**2) / 2) / np.exp(-(_NORMAL**2) / 2).sum()
_FAR_OUT = -6.0  # standard errors: beyond, the steps over Student's values are too wide
_USUAL = 0.05  # two-sided: from three repeats on, the fitted p-value is the larger one from here on
_USUAL_OF_TWO = 0.2


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
    if t >= 0 or share <= 0 or 2 * fitted >= (_USUAL if n > 2 else _USUAL_OF_TWO):
        return fitted
    return max(fitted, _far(t, share, n))


def _far(t: float, share: float, n: int) -> float:
    """Return the part of Behrens' and Fisher's p-value that counts."""
    known, estimated = sqrt(max(0.0, 1 - share)), sqrt(share)
    if share > 0.5 or t < _FAR_OUT:
        sum_of_both = float(stdtr(n - 1, (t - known * _NORMAL) / estimated) @ _WEIGHTS)
    else:  # the normal part is wide enough for steps over the other one, which takes less than half of the time
        values, weights = _students(n - 1)
        sum_of_both = float(ndtr((t - estimated * values) / known) @ weights)
    return sum_of_both * max(0.5, 1 - sqrt(2.5 * 2 * sum_of_both))


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


@lru_cache(maxsize=2**16)
def quantile(tail: float, df: float, share: float, n: int) -> float:
    """Return the standard errors beyond which `p_lower` is less than a tail."""
    fitted = -float(stdtrit(min(df, _MANY), tail))
    if (2 * tail >= _USUAL and n > 2) or p_lower(-fitted, df, share, n) <= tail * (1 + 1e-9):
        return fitted
    from scipy.optimize import brentq  # takes a fifth of a second, which most commands have no use for

    furthest = -float(stdtrit(n - 1, tail))  # that of the t alone
    beyond = max(2 * fitted, 2 * furthest)
    return float(brentq(lambda t: log(p_lower(-t, df, share, n) / tail), fitted, beyond, xtol=1e-8))
