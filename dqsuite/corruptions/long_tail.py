"""Class sizes that fall exponentially."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from dqsuite.corruptions.base import Indices, Labels, Volume
from dqsuite.corruptions.values import Number


def long_tail(labels: Labels, order: Indices, level: Decimal, num_classes: int) -> Indices:
    """Keep a random part of each class so that the first class is largest and the last smallest.

    Source: Cui et al. 2019. Formula: class k keeps n_max F^(-k / (K - 1)) records, rounded half up, at least 1 and at
    most all of them, with the imbalance factor F = ``level`` and the size n_max of the largest class. Effective
    rate: 0, no label changes.
    """
    sizes = np.bincount(labels, minlength=num_classes)
    profile = sizes.max() * float(level) ** -np.linspace(0, 1, num_classes)
    targets = np.maximum(np.floor(profile + 0.5).astype(np.int64), 1)
    taken = [order[labels[order] == k][: max(sizes[k] - targets[k], 0)] for k in range(num_classes)]
    return np.setdiff1d(order, np.concatenate(taken))


CORRUPTION = Volume(long_tail, Number(low="1", high="1000000", example="100"))
