"""One of the first two classes, never the true one."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Indices, LabelNoise, Labels
from dqsuite.corruptions.values import FRACTION


def biased(labels: Labels, picked: Indices, rng: np.random.Generator, num_classes: int) -> Labels:
    """Return for each of the picked a class out of {0, 1} that is not its own.

    Source: the program and the plots of the dataset poisoning study. Formula: y' = 1 - y if y is 0 or 1, else uniform
    over {0, 1}. Effective rate: x.
    """
    drawn = rng.integers(0, 2, size=len(labels))[picked]
    before = labels[picked]
    return np.where(before < 2, 1 - before, drawn)


CORRUPTION = LabelNoise(biased, FRACTION)
