"""Rates in which every class counts the same, for data of which some classes have many more images than others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics.estimate import Estimate, difference, estimate

_UNEVEN = 2  # times as many test images in the largest class as in the smallest


def uneven(found: Predictions) -> bool:
    """Tell whether the classes have so different numbers of test images that the accuracy is that of the large ones."""
    counts = list(_counts(found).values())
    return max(counts) >= _UNEVEN * min(counts)


def balanced_accuracy(found: Predictions) -> Estimate:
    """Return the mean of the classes' recalls, of those that have test images."""
    counts = _counts(found)
    return _even(estimate(*(found.recall(name) / len(counts) for name in counts), low=0, high=1), counts)


def balanced_change(after: Predictions, before: Predictions) -> Estimate:
    """Return the change of the balanced accuracy, paired by repeat where both have as many."""
    counts = _counts(before)
    if len(after.predicted) != len(before.predicted):
        return difference(balanced_accuracy(after), balanced_accuracy(before))
    blocks = ((after.recall(name) - before.recall(name)) / len(counts) for name in counts)
    return _even(estimate(*blocks, low=-1, high=1), counts)


def macro_f1(found: Predictions) -> Estimate:
    """Return the mean of the classes' F1, of those that have test images, averaged over repeats.

    F1 is a ratio of counts, ``2 right / (named + true)``; its spread is that of its linear form at each repeat (the
    delta method), as `dqsuite.statistics.estimate.ratio` has it.
    """
    counts = _counts(found)
    scores = np.mean([_f1(found, list(found.classes).index(name)) for name in counts], axis=0)
    return _even(estimate(scores, low=0, high=1), counts)


def _f1(found: Predictions, index: int) -> Scores:
    """Return scores (n, N) whose mean over the images is a class's F1 in each repeat."""
    true, named = found.truth == index, found.predicted == index
    right, both = 2.0 * (true & named), 1.0 * true + named
    whole = both.mean(1, keepdims=True)
    value = right.mean(1, keepdims=True) / whole
    return np.asarray(value + (right - value * both) / whole)


def _counts(found: Predictions) -> dict[str, int]:
    """Return the test images of each class that has some."""
    counts = np.bincount(found.truth, minlength=len(found.classes)).tolist()
    return {name: count for name, count in zip(found.classes, counts, strict=True) if count}


def _even(found: Estimate, counts: dict[str, int]) -> Estimate:
    """Return the estimate with the images that count in it: an image of the smallest class weighs most."""
    return replace(found, images=len(counts) * min(counts.values()))
