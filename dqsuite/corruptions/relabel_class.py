"""One class relabelled as another."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Labels, Relabelling
from dqsuite.corruptions.values import ClassPair


def relabel_class(labels: Labels, source: int, target: int) -> Labels:
    """Return the labels with every ``source`` turned into ``target``.

    Source: He et al. 2019, who do not say which other class; target = source + 1 mod K, where none is named, is ours.
    Formula: y' = target if y = source, else y. Effective rate: the share of the source class.
    """
    return np.where(labels == source, target, labels)


CORRUPTION = Relabelling(relabel_class, ClassPair())
