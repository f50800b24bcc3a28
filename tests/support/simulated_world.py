"""Worlds in which a finding is true, of the size that its source gives: what a study of them would measure.

A prediction is right where the image's difficulty, the training's skill and luck, all normal, stay below the quantile
of the rate. Of the variance of one prediction, an image's difficulty in every condition is .4, its difficulty in this
condition .4, luck .2; beside it a training's skill spreads by .02 over all classes and by .04 in each class. At a
recall of 85% these are 0.5 and 0.9 points: about as trainings of a published protocol do.

Two versions of dqsuite are compared with it, so it takes little from the one that it is run with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import sqrt
from typing import NamedTuple
from zlib import crc32

import numpy as np
from scipy.special import ndtr, ndtri

from dqsuite.datasets.named import CLASSES
from dqsuite.results.predictions import Predictions

SHARED, OWN, LUCK = 0.4, 0.4, 0.2
SKILL, SKILL_OF_CLASS = 0.02, 0.04
IMAGES = 10_000
EPOCHS = 40

Rates = float | Mapping[str, float]


class Asked(NamedTuple):
    """A condition, with its kind and level: ``shuffle`` and .3, ``clean`` and 0, ``drop_class`` and 3."""

    data: str
    model: str
    condition: str
    epoch: str
    kind: str
    level: float


Truth = Callable[[Asked], Rates]
Cells = Callable[[Asked], Mapping[tuple[str, str], float]]


@dataclass(frozen=True)
class Claimed:
    """A case of a claim, and a world in which it is true.

    Attributes
    ----------
    claim : str
    case : mapping
    truth : callable
        The rate of each class in a condition; one number stands for all, and ``""`` for those not named.
    size : str
        Where the effect's size comes from: ``source``, or ``ours``.
    cells : callable, optional
        The share of a class taken for another in a condition; the rest of its errors falls on the others alike.
    fall : float
        From the peak of the accuracy curve, at a quarter of training, to its end.
    one_model : bool
        Whether every model is the same one.
    """

    claim: str
    case: Mapping[str, str]
    truth: Truth
    size: str = "ours"
    cells: Cells | None = None
    fall: float = 0.0
    one_model: bool = False

    @property
    def name(self) -> str:
        """The case's name."""
        return "-".join(self.case.values())

    @property
    def repeats(self) -> int:
        """Those of scale full."""
        return 10 if self.claim.startswith("poisoning") else 5


@dataclass
class World:
    """Measurements of a claimed world: a study of some repeats, drawn by a seed."""

    claimed: Claimed
    repeats: int
    seed: int
    images: int = IMAGES
    _difficulty: dict[tuple[str, int], np.ndarray] = field(default_factory=dict)
    _measured: dict[Asked, Predictions] = field(default_factory=dict)

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Return a study's predictions of one condition."""
        asked = _asked(data, "model" if self.claimed.one_model else model, condition, epoch)
        if asked not in self._measured:
            self._measured[asked] = self._measure(asked)
        return self._measured[asked]

    def _measure(self, asked: Asked) -> Predictions:
        data = asked.data
        names = CLASSES[data.partition(";")[0]]
        truth = np.repeat(np.arange(len(names)), self.images // len(names))
        rng = self._rng(*asked[:3])
        skill = SKILL_OF_CLASS * rng.standard_normal((self.repeats, len(names)), np.float32)
        skill += SKILL * rng.standard_normal((self.repeats, 1), np.float32)
        rates = np.array([_of(self.claimed.truth(asked), name) for name in names])
        bar = ndtri(rates) * sqrt(1 + SKILL**2 + SKILL_OF_CLASS**2)
        latent = self._latent(rng, data, 0, len(truth))
        right = latent < (bar.astype(np.float32) - skill)[:, truth]
        others = self._others(rng, asked, names, truth, rates)
        return Predictions(truth, names, np.where(right, truth, others).astype(np.uint8), self._curves(rng, rates))

    def _rng(self, *keys: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, *(crc32(key.encode()) for key in keys)])

    def _latent(self, rng: np.random.Generator, data: str, place: int, count: int) -> np.ndarray:
        """Return a standard normal number for each repeat and image, alike for an image as its difficulty is."""
        key = data.partition(";")[0], place
        if key not in self._difficulty:
            self._difficulty[key] = self._rng(key[0], str(place)).standard_normal(count, np.float32)
        image = sqrt(SHARED) * self._difficulty[key] + sqrt(OWN) * rng.standard_normal(count, np.float32)
        return image + sqrt(LUCK) * rng.standard_normal((self.repeats, count), np.float32)

    def _others(
        self, rng: np.random.Generator, asked: Asked, names: Sequence[str], truth: np.ndarray, rates: np.ndarray
    ) -> np.ndarray:
        """Return for which class each image is taken where it is not right."""
        if not self.claimed.cells:
            return (truth + 1) % len(names)
        place = ndtr(self._latent(rng, asked.data, 1, len(truth)))
        found = np.empty(place.shape, np.int64)
        cells = self.claimed.cells(asked)
        for index, name in enumerate(names):
            given = np.array([cells.get((name, other), np.nan) for other in names])
            given[index] = 0
            rest = (1 - rates[index] - np.nansum(given)) / max(np.isnan(given).sum(), 1)
            ends = np.cumsum(np.where(np.isnan(given), rest, given)) / (1 - rates[index])
            found[:, truth == index] = np.searchsorted(ends, place[:, truth == index]).clip(0, len(names) - 1)
        return found

    def _curves(self, rng: np.random.Generator, rates: np.ndarray) -> np.ndarray:
        """Return accuracies by epoch that rise to a peak at a quarter of training and then fall."""
        time, fall = np.linspace(0, 1, EPOCHS), self.claimed.fall
        mean = rates.mean() + fall * np.where(time < 0.25, 8 * time - 1, (1 - time) / 0.75)
        return (
            mean + 0.004 * rng.standard_normal((self.repeats, 1)) + 0.005 * rng.standard_normal((self.repeats, EPOCHS))
        )


@lru_cache(maxsize=4096)
def _asked(data: str, model: str, condition: str, epoch: str) -> Asked:
    kind, _, level = condition.rpartition("+")[2].partition(";")[0].partition(":")
    return Asked(data, model, condition, epoch, kind, float(level or 0))


def _of(rates: Rates, name: str) -> float:
    found = rates if isinstance(rates, (int, float)) else rates.get(name, rates.get(""))
    return min(max(float(found), 0.0005), 0.9995)


def less(rates: Mapping[str, float], losses: Rates) -> dict[str, float]:
    """Return the rates after losses; those that are not named are the loss of ``""``, or none."""
    lost = {"": losses} if isinstance(losses, float) else losses
    return {name: rate - lost.get(name, lost.get("", 0.0)) for name, rate in rates.items()}
