"""What the judges of several rows share: conditions, statistics of classes, and kinds of statement (on CIFAR-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations

import numpy as np

from dqsuite.datasets.named import CLASSES
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics.blocks import remembered
from dqsuite.statistics.criteria import differs
from dqsuite.statistics.estimate import Estimate, change, estimate, rate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import Judgement, all_of, some_of
from dqsuite.statistics.orders import among_lowest

CIFAR10 = CLASSES["cifar10"]


def noise(level: str) -> str:
    """Return the condition in which the labels of a fraction of the records are shuffled."""
    return "clean" if level == "0" else f"shuffle:{level}"


def volume(kept: str) -> str:
    """Return the condition in which a fraction of the records is kept."""
    return f"reduce:{1 - Decimal(kept)}"


def control_of(model: str, control: str) -> str:
    """Return a model as a control trains it, such as ``custom-plain``, or without one as the source does."""
    return f"{model}-{control}" if control else model


@remembered
def accuracy(predictions: Predictions) -> Estimate:
    """Return the accuracy in percent."""
    return rate(predictions.right()).scaled(100)


@remembered
def gain(after: Predictions, before: Predictions) -> Estimate:
    """Return the difference of two accuracies in points, paired by repeat and image."""
    return change(after.right(), before.right()).scaled(100)


@remembered
def recall_gain(after: Predictions, before: Predictions, name: str) -> Estimate:
    """Return the difference of a class's recall in two conditions, paired by repeat and image."""
    return change(after.recall(name), before.recall(name))


def apart(one: Scores, other: Scores) -> Estimate:
    """Return the difference of two rates of the same trainings on different images, such as two classes' recalls."""
    return estimate(one, -other, low=-1, high=1)


def points(after: Predictions, before: Predictions) -> Scores:
    """Return scores (n, N), from -100 to 100, whose mean is the difference of the accuracies in points."""
    return 100 * (after.right() - before.right())


def recalls(predictions: Predictions) -> JointEstimate:
    """Return the recall of each class."""
    return JointEstimate.of([predictions.recall(name) for name in CIFAR10], CIFAR10, low=0, high=1)


def recall_changes(after: Predictions, before: Predictions) -> JointEstimate:
    """Return the difference of the recall of each class, paired by repeat and image."""
    changes = [after.recall(name) - before.recall(name) for name in CIFAR10]
    return JointEstimate.of(changes, CIFAR10, low=-1, high=1)


def negated(rates: JointEstimate) -> JointEstimate:
    """Return minus the statistics: the highest become the lowest."""
    return rates.combine(-np.eye(rates.count), rates.names)


def each_among_lowest(rates: Mapping[str, JointEstimate], names: Sequence[str], count: int) -> Judgement:
    """Judge that all these classes are among the lowest under each model or level, by which the rates are named."""
    return all_of([among_lowest(each, name, count).named(where) for where, each in rates.items() for name in names])


def directional(predictions: Predictions) -> Judgement:
    """Judge that some class is taken for another more often than the other for it; 10 in 1,000 are negligible."""
    pairs = {pair: apart(predictions.taken(*pair), predictions.taken(*pair[::-1])) for pair in combinations(CIFAR10, 2)}
    return some_of([differs(found, 0.01, label=", ".join(pair)) for pair, found in pairs.items()])
