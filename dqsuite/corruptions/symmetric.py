"""A uniformly drawn class, the true one included."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Indices, LabelNoise, Labels
from dqsuite.corruptions.values import FRACTION


def symmetric(labels: Labels, picked: Indices, rng: np.random.Generator, num_classes: int) -> Labels:
    """Return for each of the picked any of the K classes.

    Source: symmetric noise as in Li et al. 2020; `wrong` is the other reading of the word, without the true class, as
    in Han et al. 2018. Formula: y' uniform over 0 .. K - 1. Effective rate: x(1 - 1/K).
    """
    return rng.integers(0, num_classes, size=len(labels))[picked]


CORRUPTION = LabelNoise(symmetric, FRACTION)
