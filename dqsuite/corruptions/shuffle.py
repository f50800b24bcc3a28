"""Labels permuted among the picked records."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Indices, LabelNoise, Labels
from dqsuite.corruptions.values import FRACTION


def shuffle(labels: Labels, picked: Indices, rng: np.random.Generator, num_classes: int) -> Labels:
    """Return the labels of the picked in a random order.

    Source: Prendki and Devkar 2020. Formula: y'[picked] = y[permutation of picked]. The class histogram stays exactly
    as it is. The picked of a lower level are among those of a higher one, but their new labels are not the same there:
    each level has a permutation of its own. Effective rate: x(1 - sum of p_k²) for class shares p_k, so x(1 - 1/K) when
    the classes are balanced.
    """
    shuffled: Labels = labels[rng.permutation(picked)]
    return shuffled


CORRUPTION = LabelNoise(shuffle, FRACTION)
