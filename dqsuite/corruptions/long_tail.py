"""Class sizes that fall exponentially."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from dqsuite.corruptions.base import Indices, Labels, Volume
from dqsuite.corruptions.values import Number


def long_tail(labels: Labels, order: Indices, level: Decimal, num_classes: int) -> Indices:
    """Keep a random part of each class so that the first class is largest and the last smallest.

    Source: Cui et al. 2019 and their program (richardaecn/class-balanced-loss). Formula: class k keeps
    n_max (1/F)^(k / (K - 1)) records, cut down to a whole number as there, at least 1 and at most all of them, with the
    imbalance factor F = ``level`` and the size n_max of the largest class (there N / K, the same where classes are
    balanced). Effective rate: 0, no label changes.
    """
    sizes = np.bincount(labels, minlength=num_classes).tolist()
    # Python's own numbers, as in their program: numpy's powers may end a rounding away, on the other side of a number.
    profile = [max(sizes) * (1 / float(level)) ** (k / max(num_classes - 1.0, 1.0)) for k in range(num_classes)]
    surplus = [max(size - max(int(left), 1), 0) for size, left in zip(sizes, profile, strict=True)]
    taken = [order[labels[order] == k][:count] for k, count in enumerate(surplus)]
    return np.setdiff1d(order, np.concatenate(taken))


CORRUPTION = Volume(long_tail, Number(low="1", high="1000000", example="100", nothing="1"), version=2)
