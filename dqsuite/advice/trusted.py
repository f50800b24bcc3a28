"""What the noise costs on trusted data: the test set, a half of which is trained on at a time.

Of the labels as they are it is only known how more noise harms them: the way back to none is an extrapolation. The
test set's labels are taken as right. So one half of it is trained on as it is and with the noise of the training
labels, the other is predicted, and the same the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dqsuite.advice.response import Slope, log_errors
from dqsuite.datasets import Dataset
from dqsuite.statistics.joint import JointEstimate

_FEWEST = 100  # test images: half of fewer teach nothing
_MOST_TIMES = 16  # what is trained on are the records at most: so few others say nothing of them
FACTOR, OFF = 0.96, 0.25
"""Mean and standard deviation of the slope of the data as they are, in that of as many others."""
FACTOR_HALVED, OFF_HALVED = 0.14, 0.09  # what each halving of their number adds to these
_REHEARSED = 2  # halvings: further on, the factor stays as it is
_SEED = 2  # of draws: not that of the data as they are


@dataclass(frozen=True)
class Trusted:
    """What was measured.

    Attributes
    ----------
    halves : sequence of JointEstimate
        The accuracy with right labels, and with those that the noise made wrong: trained on one half, on the other.
    power : float
        How many times the noise of the training labels that is.
    records : int
        Those that were trained on.
    """

    halves: Sequence[JointEstimate]
    power: float
    records: int

    def slope(self, records: int, count: int) -> Slope:
        """Return what it says of so many records, in draws (count,)."""
        errors = [log_errors(half.draws(count, _SEED + part)) for part, half in enumerate(self.halves)]
        found = np.mean([noisy - clean for clean, noisy in (each.T for each in errors)], axis=0) / self.power
        halvings = max(np.log2(records / self.records), 0)
        factor = FACTOR + FACTOR_HALVED * min(halvings, _REHEARSED)
        return Slope(found, factor, OFF + OFF_HALVED * halvings)


def trained_on(records: int, images: int) -> int:
    """Return how many of so many test images are trained on at a time: a half, but no more than there are records.

    0 where the test set is too small.
    """
    part = min(images // 2, records)
    return part if images >= _FEWEST and part * _MOST_TIMES >= records else 0


def halves(dataset: Dataset, seed: int = 0) -> list[Dataset]:
    """Return two data sets that each train on a half of the test set, and test on the other; none of a small one."""
    images = len(dataset.y_test)
    count = trained_on(len(dataset.y_train), images)
    if not count:
        return []
    shown = np.random.default_rng(seed).permutation(images)
    parts = shown[: images // 2], shown[images // 2 : images // 2 * 2]
    return [lent(dataset, one[:count], other) for one, other in (parts, parts[::-1])]


def lent(dataset: Dataset, train: np.ndarray, test: np.ndarray) -> Dataset:
    """Return a data set that trains on some of the test images, and tests on others: positions (n,) and (m,)."""
    train, test = np.sort(train), np.sort(test)
    x, y = dataset.x_test, dataset.y_test
    return replace(dataset, x_train=x[train], y_train=y[train], x_test=x[test], y_test=y[test], fingerprint="")
