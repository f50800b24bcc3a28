"""The first class that is wrong."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Indices, LabelNoise, Labels
from dqsuite.corruptions.values import FRACTION


def first_wrong(labels: Labels, picked: Indices, rng: np.random.Generator, num_classes: int) -> Labels:
    """Return class 0 for each of the picked, and class 1 for those of class 0.

    Source: the text of the dataset poisoning study, whose program does `biased` instead. Formula: y' = 1 if y = 0,
    else 0. Effective rate: x.
    """
    return np.where(labels[picked] == 0, 1, 0)


CORRUPTION = LabelNoise(first_wrong, FRACTION)
