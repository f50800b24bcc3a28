"""What a damage is worth: the fraction of clean data that gives the same accuracy, so that all damage has one axis.

He et al. (2019) asked for "a universal distance function to measure the quality of datasets". A learning curve is
fitted to trainings on parts of the data; the accuracy after a damage, read off it, is a number of records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dqsuite.advice.learning_curve import DRAWS, LearningCurve
from dqsuite.results.predictions import Predictions
from dqsuite.statistics.blocks import Numbers
from dqsuite.statistics.estimate import Interval
from dqsuite.statistics.joint import JointEstimate

MOST = 4.0
"""The largest effective fraction that is told: beyond it, a curve measured up to 1 says nothing."""


@dataclass(frozen=True)
class Effective:
    """A damage on the axis.

    Attributes
    ----------
    condition : str
    accuracy : Interval
    fraction : Interval
        The effective data fraction, from 0 to `MOST`; 1 is all the data as they are.
    beyond : bool
        Whether the fraction lies below the least that was trained, and is extrapolated.
    """

    condition: str
    accuracy: Interval
    fraction: Interval
    beyond: bool


@dataclass(frozen=True, eq=False)
class Worth:
    """The axis.

    Attributes
    ----------
    curve : LearningCurve
    damages : sequence of Effective
        The costliest first; empty where the curve is flat.
    rise : Interval
        Accuracy with all the data minus that with the least.
    """

    curve: LearningCurve
    damages: Sequence[Effective]
    rise: Interval

    @property
    def flat(self) -> bool:
        """Whether more data surely gain nothing that could be seen, so that no damage can be told in data."""
        return not self.rise.low > 0


def worth(sizes: Mapping[int, Predictions], damaged: Mapping[str, Predictions]) -> Worth:
    """Fit the learning curve and place damages on its axis.

    Parameters
    ----------
    sizes : mapping
        Predictions by the number of clean records trained on, three numbers at least; the largest is all the data.
    damaged : mapping
        Predictions by condition. All share their repeats.

    Raises
    ------
    ValueError
        There are fewer than three sizes, or fewer than two repeats.
    """
    records = sorted(sizes)
    scores = [sizes[count].right() for count in records] + [found.right() for found in damaged.values()]
    joint = JointEstimate.of([np.stack(scores, -1)], low=0, high=1)
    curve = LearningCurve.fit(records, joint)
    rise = joint.difference(len(records) - 1, 0).interval()
    found = Worth(curve, [], rise)
    if found.flat:
        return found
    drawn = joint.draws(DRAWS)
    placed = [
        _effective(curve, name, joint.estimate(len(records) + index).interval(), drawn[:, len(records) + index])
        for index, name in enumerate(damaged)
    ]
    return Worth(curve, sorted(placed, key=lambda each: each.fraction.mean), rise)


def _effective(curve: LearningCurve, condition: str, accuracy: Interval, drawn: Numbers) -> Effective:
    whole = curve.sizes[-1]
    if curve.bad_fit:
        drawn = drawn + np.random.default_rng(0).uniform(-curve.misfit, curve.misfit, len(drawn))
    fraction = min(curve.invert(accuracy.mean) / whole, MOST)
    low, high = np.quantile((curve.inverted(drawn) / whole).clip(0, MOST), [0.025, 0.975], method="nearest")
    interval = Interval(fraction, min(float(low), fraction), max(float(high), fraction), accuracy.n)
    return Effective(condition, accuracy, interval, bool(fraction < curve.sizes[0] / whole))
