"""Made-up studies whose truth is known, to calibrate judgements.

A world is simulated as a study is measured: images differ in difficulty, repeats differ in skill, and every prediction
is right or wrong by chance. A prediction is right where the three, all normal (probit), stay below the quantile of the
rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from dqsuite.statistics.criteria import below
from dqsuite.statistics.estimate import change
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import Judgement

HARD, HARD_HERE, LUCK = 0.4, 0.4, 0.2  # shares of the variance: an image's own, under a condition, of one prediction

Means = NDArray[np.float64]
Right = NDArray[np.bool_]


@dataclass(frozen=True)
class Setting:
    """How a study is made.

    Attributes
    ----------
    repeats, images : int
        Images of each class.
    spread : float or sequence
        The standard deviation of the repeats' skill beside that of the predictions, 1; of all alike, or of each class
        (K, 1), or of each condition (m,).
    outlier : float
        How far one repeat, any, lies off in skill, up or down, in each class and condition; 0 for none.
    """

    repeats: int = 5
    spread: Any = 0.05
    images: int = 100
    outlier: float = 0.0

    def __str__(self) -> str:
        outlier = f", an outlier of {self.outlier}" if self.outlier else ""
        return f"{self.repeats} repeats, {self.images} images, spread {self.spread}{outlier}"


def world(rng: np.random.Generator, means: Means, setting: Setting) -> Right:
    """Return which predictions are right, (K, repeats, images, m): K classes under m conditions, with rates (K, m)."""
    classes, conditions = means.shape
    repeats, images = setting.repeats, setting.images
    image = sqrt(HARD) * rng.standard_normal((classes, 1, images, 1), np.float32)
    image = image + sqrt(HARD_HERE) * rng.standard_normal((classes, 1, images, conditions), np.float32)
    spread = np.broadcast_to(np.asarray(setting.spread, float), means.shape)[:, None, None]
    skill = spread * rng.standard_normal((classes, repeats, 1, conditions), np.float32)
    if setting.outlier:
        who = rng.integers(repeats, size=(classes, 1, 1, conditions))
        sign = rng.choice([-setting.outlier, setting.outlier], (classes, 1, 1, conditions))
        skill = skill + np.where(np.arange(repeats)[:, None, None] == who, sign, 0)
    bar = (ndtri(means)[:, None, None] * np.sqrt(1 + spread**2) - skill).astype(np.float32)
    luck = sqrt(LUCK) * rng.standard_normal((classes, repeats, images, conditions), np.float32)
    return np.asarray(image + luck < bar)


def classes(*rates: float) -> Means:
    """Return means of K classes under one condition."""
    return np.array(rates)[:, None]


def changes(*differences: float, around: float = 0.55) -> Means:
    """Return means of K classes under two conditions, the second minus the first being the difference."""
    change = np.array(differences)
    return np.stack([around - change / 2, around + change / 2], 1)


def rates(right: Right) -> JointEstimate:
    """Return the rate of each class under the first condition."""
    return JointEstimate.of([block[..., 0] for block in right], low=0, high=1)


def rate_changes(right: Right) -> JointEstimate:
    """Return the difference of each class's rates, the second condition minus the first."""
    return JointEstimate.of([block[..., 1].astype(float) - block[..., 0] for block in right], low=-1, high=1)


def one(right: Right, kind: Callable[..., Judgement] = below, **options: float) -> Judgement:
    """Judge the difference of the first class's rates."""
    return kind(change(right[0, ..., 1], right[0, ..., 0]), **options)


def several(right: Right, together: Callable[[list[Judgement]], Judgement]) -> Judgement:
    """Judge that the differences of all classes together are below 0."""
    found = rate_changes(right)
    return together([below(found.estimate(index)) for index in range(found.count)])
