"""The class that is easily mistaken for the true one."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Indices, LabelNoise, Labels
from dqsuite.corruptions.class_maps import published_map
from dqsuite.corruptions.values import FRACTION, ClassMap


def asymmetric(labels: Labels, picked: Indices, rng: np.random.Generator, num_classes: int, *, map_: Labels) -> Labels:
    """Return for each of the picked the class that its own is mapped to.

    Source: the maps of Patrini et al. 2017, who draw for each record by itself whether it flips; here, as in the
    program of Li et al. 2020, the picked are a fraction of all records. Formula: y' = map[y], with the target of each
    class in ``map_``, int64 (K,). Effective rate: x times the share of the records whose class the map moves, so x/2 on
    balanced CIFAR-10 and MNIST, x on CIFAR-100.
    """
    return map_[labels[picked]]


CORRUPTION = LabelNoise(asymmetric, FRACTION, {"map": ClassMap(published=published_map)})
