"""Worlds of an advisor, at the level of predictions: look-alike pairs and fragile classes whose truth is exact.

A world has a confusion matrix for each condition. An image's prediction is right where a normal number, made of the
image's difficulty in every condition (.4 of its variance), of that in this condition (.4) and of luck (.2), stays below
the quantile of its class's recall; which wrong class it is, another such number says. Beside it a training's skill
spreads in each class, as trainings on few records do: by .15, which at a recall of 85% is 3.5 points.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from dqsuite.advice.matchings import round_robin
from dqsuite.results.predictions import Predictions

SHARED, OWN, LUCK = 0.4, 0.4, 0.2
SKILL = 0.15
DOSES = (0.1, 0.2, 0.4)


@dataclass
class World:
    """Draws predictions of conditions, given their confusion matrices (K, K) of shares, truth in rows."""

    classes: int
    images: int  # of each class
    repeats: int
    rng: np.random.Generator

    def __post_init__(self):
        self.truth = np.repeat(np.arange(self.classes), self.images)
        self.names = tuple(f"c{index}" for index in range(self.classes))
        self.difficulty = self.rng.standard_normal((2, len(self.truth)))

    def predictions(self, shares):
        skill = SKILL * self.rng.standard_normal((self.repeats, self.classes))
        recalls = np.diag(shares).clip(0.0005, 0.9995)
        bar = ndtri(recalls) * sqrt(1 + SKILL**2)
        right = self._latent(0) < (bar - skill)[:, self.truth]
        place = ndtr(self._latent(1))
        others = np.empty(right.shape, int)
        for index in range(self.classes):
            row = shares[index].copy()
            row[index] = 0
            ends = np.cumsum(row) / max(row.sum(), 1e-9)
            others[:, self.truth == index] = np.searchsorted(ends, place[:, self.truth == index])
        found = np.where(right, self.truth, others.clip(0, self.classes - 1))
        return Predictions(self.truth, self.names, found, np.full((self.repeats, 2), right.mean()))

    def _latent(self, which):
        count = len(self.truth)
        image = sqrt(SHARED) * self.difficulty[which] + sqrt(OWN) * self.rng.standard_normal(count)
        return image + sqrt(LUCK) * self.rng.standard_normal((self.repeats, count))


def _confusions(rng, classes, mean):
    """Return a symmetric-ish matrix of shares taken for other classes, 0 on the diagonal."""
    found = rng.gamma(1.0, mean / (classes - 1), (classes, classes))
    found = (found + found.T) / 2 * rng.uniform(0.7, 1.3, (classes, classes))
    np.fill_diagonal(found, 0)
    return found


def _whole(confusions):
    """Return shares with their recalls on the diagonal, at least .05."""
    found = confusions * np.minimum(1, 0.95 / np.maximum(confusions.sum(1, keepdims=True), 1e-9))
    return found + np.diag(1 - found.sum(1))


def look_alike_world(rng, classes, images, repeats, planted):
    """Return predictions, clean and by aimed pair, and the true look-alikeness by pair.

    One pair is confused by `planted` more (both ways together) than others are; aimed damage adds about .15 to a pair,
    less where it is confused already.
    """
    world = World(classes, images, repeats, rng)
    clean = _confusions(rng, classes, rng.uniform(0.03, 0.25))
    one, other = rng.choice(classes, 2, replace=False)
    side = rng.uniform(0.3, 0.7)
    clean[one, other] += planted * side
    clean[other, one] += planted * (1 - side)
    clean = _whole(clean)
    truth, aimed = {}, {}
    for pairs in round_robin(classes):
        off = clean - np.diag(np.diag(clean))
        for a, b in pairs:
            for source, target in ((a, b), (b, a)):
                off[source, target] += rng.uniform(0.04, 0.12) * max(0, 1 - 2 * clean[source, target])
        damaged = _whole(off)
        found = world.predictions(damaged)
        for a, b in pairs:
            truth[a, b] = sum(each[a, b] + each[b, a] for each in (clean, damaged)) / 2
            aimed[a, b] = found
    return world.predictions(clean), aimed, truth


def fragile_world(rng, classes, images, repeats, planted):
    """Return predictions, clean and by dose, and the true mean loss of recall by class.

    One class loses `planted` more, averaged over the DOSES, than others do.
    """
    world = World(classes, images, repeats, rng)
    clean = _whole(_confusions(rng, classes, rng.uniform(0.05, 0.25)))
    each = rng.uniform(0.05, 0.25, classes)  # lost at the hardest dose
    fragile = rng.integers(classes)
    shape = np.array(DOSES) / max(DOSES)
    each[fragile] += planted / shape.mean()
    recalls = np.diag(clean)
    damaged, losses = {}, np.zeros(classes)
    for dose, part in zip(DOSES, shape, strict=True):
        left = (recalls - each * part).clip(0.05)
        off = clean - np.diag(recalls)
        shares = off * ((1 - left) / (1 - recalls))[:, None] + np.diag(left)
        damaged[dose] = world.predictions(shares)
        losses += (recalls - left) / len(DOSES)
    return world.predictions(clean), damaged, dict(zip(world.names, losses, strict=True))


def damaged_world(rng, records=2000, repeats=5, images=1000):
    """Return predictions by size and by damage, and the true effective fractions of the three damages."""
    world = World(10, images // 10, repeats, rng)
    offset, gain, exponent = rng.uniform(0.02, 0.25), rng.uniform(0.15, 0.4), rng.uniform(0.2, 0.7)

    def at(fraction):
        """Return shares at the accuracy of a fraction of the records."""
        error = offset + gain * (fraction / 0.125) ** -exponent
        return _whole(np.where(np.eye(10), 0, min(error, 0.9) / 9))

    sizes = {round(records * part): world.predictions(at(part)) for part in (0.125, 0.25, 0.5, 0.7, 1)}
    truth = {f"damage {index}": float(rng.uniform(0.15, 0.95)) for index in range(3)}
    return sizes, {name: world.predictions(at(part)) for name, part in truth.items()}, truth
