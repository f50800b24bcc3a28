"""How many labels are wrong, with none checked: what a model says of them, against what it says of the test set.

On the test set, whose labels are taken as right, the model shows how it predicts each true class. The records that
carry a label are then a mixture of true classes whose shares explain the predictions (Saerens, Latinne and
Decaestecker, *Neural Computation* 14, 2002, for shifted shares). That takes records with wrong labels to be as hard to
predict as others of their class. Where people err on what the model errs on too, it finds too few: hence an allowance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dqsuite.advice.folds import OutOfFold, Probabilities
from dqsuite.statistics.estimate import Interval

PARTS = 2
"""Parts of each predicted class by confidence: more tell more, and are each known by fewer test records."""
_DRAWS = 40
_STEPS = 300  # of the EM algorithm
_TOGETHER = 0.5
"""By how much more may be wrong, for a model that is never right: errors that go with the model's, simulated."""
_TAIL = 0.05  # beyond each end of the range that the sampling alone gives
Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Mixture:
    """Joint shares of true (rows) and given labels, (K, K), which sum to 1; P(true class) of each record, (N, K)."""

    joint: Numbers
    true: Numbers

    @property
    def rate(self) -> float:
        """The fraction of wrong labels."""
        return float(1 - np.trace(self.joint))


def mixture_of(found: OutOfFold, given: Labels, y_test: Labels) -> Mixture:
    """Fit the mixture to out-of-fold predictions, given the labels of the N training and the M test records."""
    classes = found.train.shape[1]
    train, test = _signs(found)
    densities = _densities(test, y_test, classes)
    counts = _counts(given, train, classes)
    shares = _shares(counts, densities)
    weight = shares[given] * densities[:, train].T
    joint = (shares * counts.sum(1, keepdims=True)).T / len(given)
    return Mixture(joint, weight / weight.sum(1, keepdims=True))


def range_of(found: OutOfFold, given: Labels, y_test: Labels, *, seed: int = 0) -> Interval:
    """Return the rate of wrong labels, and a range: a bootstrap of both sets, and an allowance at each end.

    Shares that are not below 0 make the fit find too many, by more than a bootstrap of it shows: downwards what it
    shows counts twice. Errors of people and of the model may go together: upwards, the more so the more it errs.
    """
    classes = found.train.shape[1]
    errs = float(np.mean(found.test.argmax(1) != y_test))
    train, test = _signs(found)
    rng = np.random.default_rng(seed)
    whole = _rate(given, train, y_test, test, classes)
    drawn = []
    for _ in range(_DRAWS):
        one, other = (rng.integers(len(each), size=len(each)) for each in (given, y_test))
        drawn.append(_rate(given[one], train[one], y_test[other], test[other], classes))
    spread = np.array(drawn) - np.mean(drawn)
    bias = float(np.mean(drawn)) - whole  # a bootstrap of the bootstrap's world shows what sampling adds
    middle = min(max(whole - bias, 0.0), 1.0)
    low, high = (float(end) for end in middle + np.quantile(spread, [_TAIL, 1 - _TAIL]))
    return Interval(middle, max(2 * low - max(whole, low), 0.0), min(high * (1 + _TOGETHER * errs), 1.0), 1)


def _signs(found: OutOfFold) -> tuple[Labels, Labels]:
    """Return of each train and test record what it is counted by: predicted class × part of its confidence."""
    classes = found.test.shape[1]
    predicted, sure = found.test.argmax(1), found.test.max(1)
    middles = np.array([np.median(sure[predicted == k]) if np.any(predicted == k) else 0.5 for k in range(classes)])

    def sign(probabilities: Probabilities) -> Labels:
        best = probabilities.argmax(1)
        return np.asarray(PARTS * best + (probabilities.max(1) > middles[best]), np.int64)

    return sign(found.train), sign(found.test)


def _rate(given: Labels, train: Labels, y_test: Labels, test: Labels, classes: int) -> float:
    counts = _counts(given, train, classes)
    shares = _shares(counts, _densities(test, y_test, classes))
    return float(1 - (np.diag(shares) * counts.sum(1)).sum() / len(given))


def _counts(labels: Labels, signs: Labels, classes: int) -> Numbers:
    found = np.zeros((classes, PARTS * classes))
    np.add.at(found, (labels, signs), 1)
    return found


def _densities(test: Labels, y_test: Labels, classes: int) -> Numbers:
    """Return how often each true class shows each sign (K, signs); what was never seen is as one half of a record."""
    counts = _counts(y_test, test, classes) + 0.5 / classes
    return np.asarray(counts / counts.sum(1, keepdims=True))


def _shares(counts: Numbers, densities: Numbers) -> Numbers:
    """Return the shares of true classes (columns) among the records of each label (K, K): most likely, by EM."""
    classes = len(counts)
    shares = np.full((classes, classes), 0.1 / classes) + 0.9 * np.eye(classes)
    for _ in range(_STEPS):
        shares = shares * ((counts / np.maximum(shares @ densities, 1e-300)) @ densities.T)
        shares /= np.maximum(shares.sum(1, keepdims=True), 1e-300)
    return shares
