"""How many repeats an interval of a given width takes, were the truth what the repeats at hand show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf, sqrt

from dqsuite.statistics.estimate import Estimate

_LEAST = 2
_MOST = 1000  # repeats; more are not a plan


def repeats_for(half: float, estimates: Sequence[Estimate], confidence: float = 0.95) -> int | None:
    """Return the fewest repeats with which the interval of each estimate reaches no further than `half` from its mean.

    Returns
    -------
    int or None
        None where the test images alone leave a wider one, whatever the repeats.

    Raises
    ------
    ValueError
        One repeat says nothing of others.
    """
    if any(found.n < 2 for found in estimates):
        raise ValueError("of one repeat nothing can be planned")
    needed = _LEAST
    for found in sorted(estimates, key=lambda found: -found.se):  # the others are mostly satisfied by the first
        if _reach(found, needed, confidence) <= half:
            continue
        if _reach(found, _MOST, confidence) > half:
            return None
        low, high = needed, _MOST  # the reach falls with the repeats
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _reach(found, middle, confidence) <= half else (middle, high)
        needed = high
    return needed


def _reach(found: Estimate, repeats: int, confidence: float) -> float:
    """Return how far the interval of a study of other repeats would reach from the mean.

    Of the variance the repeats' part falls in inverse proportion to their number. Its degrees of freedom are those of
    `dqsuite.statistics.estimate`.
    """
    part = found.repeats_variance * found.n / repeats
    variance = found.se**2 - found.repeats_variance + part
    seen = part * (repeats + 3) / (repeats - 1)
    df = (repeats - 1) * (variance - part + seen) ** 2 / seen**2 if seen else inf
    other = replace(found, n=repeats, se=sqrt(variance), df=df, repeats_variance=part).interval(confidence)
    return max(other.high - other.mean, other.mean - other.low)
