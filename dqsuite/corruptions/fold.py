"""One of several equal parts left out."""

from __future__ import annotations

import numpy as np

from dqsuite.core.errors import DqError
from dqsuite.corruptions.base import Indices, Labels, Volume
from dqsuite.corruptions.values import Count


def fold(labels: Labels, order: Indices, level: int, num_classes: int, *, of: int) -> Indices:
    """Leave out the ``level``-th of ``of`` parts, counted from 1.

    At one repeat each record is left out by one fold: the folds of a cross-validation. Source: ours. Formula: taken
    away are positions ``level - 1``, ``level - 1 + of`` ... of the permutation. Effective rate: 0, no label changes.

    Raises
    ------
    DqError
        There is no such part, or there are fewer records than parts.
    """
    if not 1 <= level <= of or of > len(labels):
        raise DqError(
            f"fold:{level};of={of} is no part of {len(labels)} records",
            f"count from 1 to of, which is 2 to {len(labels)}",
        )
    return np.setdiff1d(order, order[level - 1 :: of])


CORRUPTION = Volume(
    fold, Count(example="1"), {"of": Count(default="5", example="10")}, empties_classes=True, held_out=True
)
