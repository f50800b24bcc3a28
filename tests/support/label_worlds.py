"""Made-up data sets with wrong labels, at the level of predictions: what out-of-fold models say, and the truth.

A record's logits are normal around its true class; the labels are wrong by a matrix. Where errors go together, hard
records, whose own class hardly stands out, are labelled wrong more often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dqsuite.advice.audit import Audit
from dqsuite.advice.folds import OutOfFold
from dqsuite.datasets import Dataset

CLASSES = 10
KINDS = ("uniform", "pair", "asymmetric")


@dataclass(frozen=True)
class World:
    """N training and M test records, with a model whose logits stand out by `skill` standard deviations."""

    rate: float
    kind: str = "uniform"
    records: int = 2000
    tests: int = 4000
    skill: float = 2.5
    together: float = 0.0  # how strongly errors of labels go with hardness
    classes: int = CLASSES


@dataclass(frozen=True, eq=False)
class Drawn:
    found: OutOfFold
    given: NDArray[np.int64]
    true: NDArray[np.int64]
    y_test: NDArray[np.int64]

    @property
    def rate(self) -> float:
        return float((self.given != self.true).mean())

    def audit(self, size: int, seed: int = 0) -> Audit:
        records = np.random.default_rng(seed).permutation(len(self.given))[:size]
        return Audit(records, self.given[records], self.true[records], len(self.given))

    def dataset(self) -> Dataset:
        """A data set with these labels; what its pictures show does not matter."""
        n, m = len(self.given), len(self.y_test)
        images = np.zeros((n + m, 8, 8, 1), np.uint8)
        names = tuple(f"class {k}" for k in range(self.found.train.shape[1]))
        return Dataset(
            name="world",
            x_train=images[:n],
            y_train=self.given,
            x_test=images[n:],
            y_test=self.y_test,
            classes=names,
        )


def matrix(kind: str, rate: float, classes: int = CLASSES) -> NDArray[np.float64]:
    """P(given | true) of noise at a rate: to any class, to the next, or of every second class to the next."""
    eye = np.eye(classes)
    if kind == "uniform":
        return (1 - rate) * eye + rate / max(classes - 1, 1) * (1 - eye)
    rates = np.full(classes, rate) if kind == "pair" else np.where(np.arange(classes) % 2, 0, 2 * rate)
    return np.diag(1 - rates) + rates[:, None] * np.roll(eye, 1, axis=1)


def drawn(world: World, seed: int) -> Drawn:
    rng = np.random.default_rng(seed)
    true, y_test = (rng.integers(world.classes, size=size) for size in (world.records, world.tests))
    train, hardness = _logits(true, world, rng)
    test, _ = _logits(y_test, world, rng)
    wrong = matrix(world.kind, world.rate, world.classes)
    weight = np.exp(world.together * hardness)
    chance = np.minimum((1 - np.diag(wrong))[true] * weight / weight.mean(), 1)
    others = wrong * (1 - np.eye(world.classes)) + 1e-12
    drawn_other = np.array([rng.choice(world.classes, p=others[k] / others[k].sum()) for k in true])
    given = np.where(rng.random(world.records) < chance, drawn_other, true)
    return Drawn(OutOfFold(_softmax(train), _softmax(test)), given, true, y_test)


def _logits(labels: NDArray[np.int64], world: World, rng: np.random.Generator):
    hardness = rng.standard_normal(len(labels))
    logits = rng.standard_normal((len(labels), world.classes))
    logits[np.arange(len(labels)), labels] += world.skill - 0.7 * hardness
    logits[np.arange(len(labels)), (labels + 1) % world.classes] += 0.8  # each class has a look-alike
    return logits, hardness


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.exp(logits - logits.max(1, keepdims=True))
    return found / found.sum(1, keepdims=True)
