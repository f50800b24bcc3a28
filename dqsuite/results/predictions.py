"""The repeats of one condition, as scores of every repeat on every test image: what the judges of claims work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.experiment.card import Card
from dqsuite.experiment.outcome import Outcome

Scores = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predictions:
    """The predictions of n repeats on N clean test images of K classes.

    Scores of predictions on the same data set can be subtracted: they are paired by repeat and image.

    Attributes
    ----------
    truth : int (N,)
    classes : K names
    predicted : int (n, N)
        At the last epoch, or at the best on the recipe's validation labels.
    curves : n arrays (E,)
        Test accuracy by epoch.
    """

    truth: NDArray[Any]
    classes: Sequence[str]
    predicted: NDArray[Any]
    curves: Sequence[NDArray[Any]]

    @property
    def accuracy_curves(self) -> Scores:
        """Test accuracy by epoch (n, E); shorter trainings are padded with nan."""
        padded = np.full((len(self.curves), max(map(len, self.curves))), np.nan)
        for row, curve in zip(padded, self.curves, strict=True):
            row[: len(curve)] = curve
        return padded

    def right(self) -> Scores:
        """Return 1 where an image was predicted right, else 0: (n, N). Its mean is the accuracy."""
        return self._right.astype(float)

    @cached_property
    def at_chance(self) -> int:
        """How many repeats are no better than guessing: within three standard errors of 1 / K."""
        guessing = 1 / len(self.classes)
        most = guessing + 3 * sqrt(guessing * (1 - guessing) / len(self.truth))
        return int((self._right.mean(1) <= most).sum())

    def recall(self, name: str) -> Scores:
        """Return `right` of one class's images: (n, N_class). Its mean is the class's recall."""
        return self.taken(name, name)

    def taken(self, name: str, other: str) -> Scores:
        """Return 1 where an image of one class was taken for another: (n, N_class). Its mean is ``C[a, b] / N_a``."""
        return np.asarray(self._of_class[name] == self._indexes[other], float)

    def confusions(self, name: str) -> Scores:
        """Return the row of one class: (n, N_class, K), 1 where the image was taken for the class of that column."""
        return np.asarray(self._of_class[name][:, :, None] == np.arange(len(self.classes)), float)

    def matrix(self) -> Scores:
        """Return the confusion matrix (true, predicted), averaged over repeats, in images."""
        k = len(self.classes)
        counts = [np.bincount(self.truth * k + row, minlength=k * k) for row in self.predicted.astype(np.int64)]
        return np.asarray(np.mean(counts, axis=0).reshape(k, k), float)

    @cached_property
    def _right(self) -> NDArray[np.bool_]:
        return np.asarray(self.predicted == self.truth)

    @cached_property
    def _indexes(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.classes)}

    @cached_property
    def _of_class(self) -> dict[str, NDArray[Any]]:
        """What was predicted of each class's images, (n, N_class): they are asked for again and again."""
        return {name: self.predicted[:, np.flatnonzero(self.truth == index)] for name, index in self._indexes.items()}


def predictions_of(outcomes: Sequence[Outcome], card: Card, epoch: str) -> Predictions:
    """Return the predictions of outcomes on one data set at the ``last`` or the ``best`` epoch, a row for each."""
    rows = [outcome.best if epoch == "best" else outcome.last for outcome in outcomes]
    predicted = np.concatenate(rows).reshape(len(rows), -1)  # as np.stack does, which takes ten times as long
    return Predictions(card.y_test, card.classes, predicted, _Accuracies(outcomes))


class _Accuracies(Sequence[NDArray[Any]]):
    """The test accuracy of outcomes by epoch, looked up when somebody asks: hardly anybody does."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._outcomes = outcomes

    @cached_property
    def _curves(self) -> list[NDArray[Any]]:
        return [outcome.curves["test_accuracy"] for outcome in self._outcomes]

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - a place or a slice, as of any sequence
        return self._curves[index]

    def __len__(self) -> int:
        return len(self._outcomes)
