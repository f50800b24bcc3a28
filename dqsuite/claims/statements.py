"""What the judges of several rows share: conditions, statistics of classes, and kinds of statement (on CIFAR-10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

import numpy as np

from dqsuite.datasets.named import CLASSES
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics import ranks
from dqsuite.statistics.criteria import Judgement, above, all_of, among_lowest, below, differs, likely, some_of
from dqsuite.statistics.estimate import Estimate, estimate
from dqsuite.statistics.joint import JointEstimate

CIFAR10 = CLASSES["cifar10"]


def noise(level: str) -> str:
    """Return the condition in which the labels of a fraction of the records are shuffled."""
    return "clean" if level == "0" else f"shuffle:{level}"


def volume(kept: str) -> str:
    """Return the condition in which a fraction of the records is kept."""
    return f"reduce:{1 - Decimal(kept)}"


def indexes(*names: str) -> list[int]:
    """Return where classes stand among the statistics of `recalls` and `recall_changes`."""
    return [CIFAR10.index(name) for name in names]


def recalls(predictions: Predictions) -> JointEstimate:
    """Return the TPR of each class."""
    return JointEstimate.of(predictions.recall(name) for name in CIFAR10)


def recall_changes(after: Predictions, before: Predictions) -> JointEstimate:
    """Return the difference of the TPR of each class, paired by repeat and image."""
    return JointEstimate.of(after.recall(name) - before.recall(name) for name in CIFAR10)


def points(after: Predictions, before: Predictions) -> Scores:
    """Return scores (n, N) whose mean is the difference of the accuracies in percentage points."""
    return 100 * (after.right() - before.right())


def negated(rates: JointEstimate) -> JointEstimate:
    """Return minus the statistics: the highest become the lowest."""
    return rates.combine(-np.eye(rates.count))


def lowest(rates: JointEstimate, name: str, names: Sequence[str] = CIFAR10) -> Judgement:
    """Judge that a statistic is the lowest: on its interval against each of the others."""
    return all_of([below(difference, label=label) for difference, label in _to_others(rates, name, names)])


def highest(rates: JointEstimate, name: str, names: Sequence[str] = CIFAR10) -> Judgement:
    """Judge that a statistic is the highest: on its interval against each of the others."""
    return all_of([above(difference, label=label) for difference, label in _to_others(rates, name, names)])


def _to_others(rates: JointEstimate, name: str, names: Sequence[str]) -> Iterator[tuple[Estimate, str]]:
    """Yield a statistic's difference to each of the others, and what it is."""
    index = names.index(name)
    for position, other in enumerate(names):
        if position != index:
            yield rates.difference(index, position), f"{name} - {other}"


def each_among_lowest(rates: Mapping[str, JointEstimate], names: Sequence[str], count: int) -> Judgement:
    """Judge that all these classes are among the lowest under each model or level, by which the rates are named."""
    return all_of(
        [
            among_lowest(each, CIFAR10.index(name), count, label=f"{where}: {name}")
            for where, each in rates.items()
            for name in names
        ]
    )


def lowest_in_order(rates: JointEstimate, first: Sequence[int]) -> Judgement:
    """Judge that these statistics are the lowest of all, the lowest of them first."""
    others = [(first[-1], other) for other in range(rates.count) if other not in first]
    guard = all_of([below(rates.difference(*pair)) for pair in [*pairwise(first), *others]])
    return likely(lambda values: ranks.ascending(values, first) & ranks.lowest_set(values, first), rates, guard)


def directional(predictions: Predictions) -> Judgement:
    """Judge that some class is taken for another more often than the other for it; 10 in 1,000 are negligible."""
    return some_of(
        [
            differs(
                estimate(predictions.taken(one, other), -predictions.taken(other, one)), 0.01, label=f"{one}, {other}"
            )
            for one, other in combinations(CIFAR10, 2)
        ]
    )
