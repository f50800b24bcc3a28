"""A uniformly drawn wrong class."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Indices, LabelNoise, Labels
from dqsuite.corruptions.values import FRACTION


def wrong(labels: Labels, picked: Indices, rng: np.random.Generator, num_classes: int) -> Labels:
    """Return for each of the picked one of the K - 1 other classes.

    Source: "random" in the dataset poisoning study; the randomly wrong labels of He et al. 2019. Formula:
    y' = (y + d) mod K, d uniform over 1 .. K - 1. Effective rate: x.
    """
    shifts = rng.integers(1, num_classes, size=len(labels))
    return (labels[picked] + shifts[picked]) % num_classes


CORRUPTION = LabelNoise(wrong, FRACTION)
