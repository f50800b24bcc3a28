"""Classes deleted."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Indices, Labels, Volume
from dqsuite.corruptions.values import ClassNames


def drop_class(labels: Labels, order: Indices, level: tuple[int, ...], num_classes: int) -> Indices:
    """Keep the records of all other classes.

    Source: He et al. 2019. Formula: keep y not in ``level``. K stays, and the deleted classes stay in the test set.
    Effective rate: 0, no label changes.
    """
    return np.flatnonzero(~np.isin(labels, level))


CORRUPTION = Volume(drop_class, ClassNames(), empties_classes=True)
