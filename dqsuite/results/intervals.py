"""Intervals on what is shown class by class, and cell by cell of a confusion matrix: each at once for all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics.estimate import Estimate, change, difference, rate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.simultaneous import Cells, cells_at_once, without_interval


def recalls(found: Predictions) -> Cells:
    """Return the recall of each class (K,), a fraction; nan for a class without test images."""
    scores = [found.recall(name) for name in found.classes]
    estimates = [rate(each) if each.size else without_interval() for each in scores]
    return cells_at_once(estimates, (len(scores),))


def recall_changes(after: Predictions, before: Predictions) -> Cells:
    """Return the change of each class's recall (K,), a fraction; nan for a class without test images."""
    return cells_at_once(class_changes(after, before), (len(before.classes),))


def class_changes(after: Predictions, before: Predictions) -> list[Estimate]:
    """Return the same as estimates, to be covered at once with others."""
    pairs = [(after.recall(name), before.recall(name)) for name in before.classes]
    return [rate_change(*pair) if pair[0].size else without_interval() for pair in pairs]


def matrix_changes(after: Predictions, before: Predictions) -> Cells:
    """Return the averaged confusion matrix minus an earlier one: (true, predicted), in images."""
    count = len(before.classes)
    estimates = [each for name in before.classes for each in _row_changes(after, before, name)]
    return cells_at_once(estimates, (count, count))


def class_counts(scores: NDArray[np.bool_], found: Predictions) -> list[Estimate]:
    """Return in how many images of each class a score (n, N) is true."""
    of_classes = [scores[:, found.truth == index] for index in range(len(found.classes))]
    return [rate(each).scaled(each.shape[1]) if each.size else without_interval() for each in of_classes]


def rate_change(after: Scores, before: Scores) -> Estimate:
    """Return the difference of two rates (n, N), paired by repeat where both have as many, as the images are."""
    if len(after) == len(before):
        return change(after, before)
    return difference(rate(after), rate(before))


def _row_changes(after: Predictions, before: Predictions, name: str) -> list[Estimate]:
    """Return the change of each cell of one true class's row, in images."""
    one, other = after.confusions(name), before.confusions(name)
    images, count = one.shape[1:]
    if not images:
        return [without_interval()] * count
    if len(one) == len(other):
        joint = JointEstimate.of([one - other], low=-1, high=1)
        found = joint.estimates()
    else:
        rates = [JointEstimate.of([each], low=0, high=1).estimates() for each in (one, other)]
        found = [difference(*pair) for pair in zip(*rates, strict=True)]
    return [each.scaled(images) for each in found]
