"""An outcome trained again: the same to the bit, or within the spread of its condition's repeats, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import stdtrit

from dqsuite.experiment.outcome import CURVES, Outcome


@dataclass(frozen=True)
class Reproduced:
    """A stored outcome and the same cell trained again.

    Attributes
    ----------
    room : float or None
        How far apart the accuracies of two trainings may be, as a fraction: the half width of the interval. None where
        the condition has one repeat, and nothing is known of its spread.
    """

    stored: Outcome
    again: Outcome
    room: float | None

    @property
    def is_same(self) -> bool:
        """Whether damage, curves and predictions are equal to the bit."""
        stored, again = self.stored, self.again
        return (
            (stored.manifest, stored.stopped) == (again.manifest, again.stopped)
            and np.array_equal(stored.last, again.last)
            and np.array_equal(stored.best, again.best)
            and all(np.array_equal(stored.curves[name], again.curves[name], equal_nan=True) for name in CURVES)
        )

    @property
    def change(self) -> float:
        """The accuracy after the last epoch, minus the stored one, as a fraction."""
        return accuracy(self.again) - accuracy(self.stored)

    @property
    def is_beyond(self) -> bool:
        """Whether it is further off than two repeats of its condition are."""
        return self.room is not None and abs(self.change) > self.room


def accuracy(outcome: Outcome) -> float:
    """Return the accuracy after the last epoch, as a fraction."""
    return float(outcome.curves["test_accuracy"][-1])


def room(repeats: Sequence[Outcome], comparisons: int) -> float | None:
    """Return how far apart the accuracies of two trainings of a condition are at most, as a fraction.

    The prediction interval (95% for all comparisons at once, by Bonferroni) of the difference of two normal values
    whose spread is that of the repeats. The same seeds make two trainings more alike than two repeats: it is on the
    safe side. None for fewer than two repeats.
    """
    if len(repeats) < 2:
        return None
    spread = float(np.std([accuracy(each) for each in repeats], ddof=1))
    return float(stdtrit(len(repeats) - 1, 1 - 0.025 / comparisons)) * sqrt(2) * spread
