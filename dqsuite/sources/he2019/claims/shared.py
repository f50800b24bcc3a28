"""What the judges of He et al. share: which model is trained on which data, and its accuracies."""

from __future__ import annotations

import numpy as np

from dqsuite.claims.claim import Measurements
from dqsuite.claims.statements import gain
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics.estimate import Estimate

DATA = {"lenet5": "mnist", "resnet20": "cifar10", "nin": "cifar10"}
CIFAR_MODELS = ("resnet20", "nin")
CLASSES = tuple(str(index) for index in range(10))


def at(measured: Measurements, model: str, condition: str = "clean", epoch: str = "") -> Predictions:
    """Return the predictions of a model on its own data set."""
    return measured.at(model, condition, data=DATA[model], epoch=epoch)


def change(measured: Measurements, model: str, condition: str, against: str = "clean") -> Estimate:
    """Return the accuracy in a condition minus that in another, in points."""
    return gain(at(measured, model, condition), at(measured, model, against))


def mean_over_classes(measured: Measurements, model: str, operation: str) -> Scores:
    """Return each image's score (n, N), averaged over the class that is deleted or relabelled."""
    scores = [at(measured, model, f"{operation}:{index}").right() for index in CLASSES]
    return np.asarray(np.mean(scores, axis=0))
