"""A random part taken away."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from dqsuite.corruptions.base import Indices, Labels, Volume, round_half_up
from dqsuite.corruptions.values import FRACTION, Flag


def reduce(labels: Labels, order: Indices, level: Decimal, num_classes: int, *, stratified: bool) -> Indices:
    """Keep all but the first ``level`` of the permutation.

    Source: Prendki and Devkar 2020, He et al. 2019, who draw from all classes together; ``stratified`` is ours.
    Formula: x N records are taken away, rounded half up; with ``stratified``, x N_k of each class k. Effective rate: 0,
    no label changes.
    """
    groups = [order[labels[order] == k] for k in range(num_classes)] if stratified else [order]
    taken = np.concatenate([group[: round_half_up(level, len(group))] for group in groups])
    return np.setdiff1d(order, taken)


CORRUPTION = Volume(reduce, FRACTION, {"stratified": Flag()})
