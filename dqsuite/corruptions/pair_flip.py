"""The next class."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Indices, LabelNoise, Labels
from dqsuite.corruptions.values import FRACTION


def pair_flip(labels: Labels, picked: Indices, rng: np.random.Generator, num_classes: int) -> Labels:
    """Return for each of the picked the class after its own, and the first after the last.

    Source: Han et al. 2018, whose program draws for each record by itself whether it flips, so that the share is x only
    in expectation; here it is x. Formula: y' = (y + 1) mod K. Effective rate: x.
    """
    return (labels[picked] + 1) % num_classes


CORRUPTION = LabelNoise(pair_flip, FRACTION)
