"""Intervals that cover all the numbers of a table, or of a curve, at once: a reader picks the largest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from dqsuite.statistics.blocks import Numbers
from dqsuite.statistics.estimate import Estimate, Interval

_CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Cells:
    """Numbers of any shape with the ends of their intervals, which are nan where there is none."""

    mean: Numbers
    low: Numbers
    high: Numbers


def without_interval(value: float = nan) -> Estimate:
    """Return a number of which nothing else is known, or that has no error, as an estimate without an interval."""
    return Estimate(value, nan, 0)


def at_once(estimates: Sequence[Estimate]) -> list[Interval]:
    """Return intervals all of which cover in 95% of studies, however they depend on each other (Bonferroni).

    What has no interval does not count.
    """
    count = sum(each.n > 1 for each in estimates)
    return [each.interval(1 - (1 - _CONFIDENCE) / max(1, count)) for each in estimates]


def falls_at_once(estimates: Sequence[Estimate]) -> list[Interval | None]:
    """Return those of the intervals of `at_once` that lie below 0, and None for each other one, which takes no time."""
    count = sum(each.n > 1 for each in estimates)
    confidence = 1 - (1 - _CONFIDENCE) / max(1, count)
    return [each.interval(confidence) if lies_below(each, confidence) else None for each in estimates]


def lies_below(found: Estimate, confidence: float) -> bool:
    """Tell whether an estimate's interval lies below 0: by its p-value, for the ends take ten times as long."""
    return found.mean < 0 and found.p_below() < (1 - confidence) / 2


def cells_at_once(estimates: Sequence[Estimate], shape: tuple[int, ...]) -> Cells:
    """Return the same as arrays of a shape, which the sequence has row by row."""
    ends = np.array([interval[:3] for interval in at_once(estimates)]).T
    mean, low, high = (each.reshape(shape) for each in ends)
    return Cells(mean, low, high)
