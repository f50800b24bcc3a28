"""What the sources leave open: measured on lie1's model and data set, and reported without an expectation."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.questions import reported_statistic
from dqsuite.claims.statements import gain
from dqsuite.results.predictions import Predictions
from dqsuite.statistics.criteria import reported
from dqsuite.statistics.estimate import rate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import Judgement

MODEL, DATA = "custom", "cifar10"
LEVELS = ("0.1", "0.2", "0.3")
VOLUMES = ("0.1", "0.2", "0.4", "0.6", "0.8", "1")
NOISE = "shuffle:0.2"


@claim(
    "open-compensate",
    "can volume make up for bad labels?",
    "reported: the clean volume whose accuracy equals that of 10, 20, 30% noise, with its interval",
    cases=grid(level=LEVELS),
)
def clean_volume_that_equals_noise(measured: Measurements, level: str) -> Judgement:
    """Interpolate the accuracy linearly between the volumes, which may not fall as the volume grows.

    Beyond the smallest and the largest volume there is nothing to interpolate: these ends stand for all beyond them.
    """
    conditions = [
        measured.at(MODEL, f"shuffle:{level}", data=DATA),
        *(_predictions(measured, volume) for volume in VOLUMES),
    ]
    rates = JointEstimate.of([np.stack([each.right() for each in conditions], axis=2)], low=0, high=1)
    return reported_statistic(rates, _equal_volume, f"clean volume as good as {level} noise", "of the training set")


@claim(
    "open-large-set",
    "does label quality matter as much for large data sets?",
    "reported: the difference of accuracy at 20% noise, over volumes of 0.1 to 1",
    cases=grid(volume=VOLUMES),
)
def noise_over_volume(measured: Measurements, volume: str) -> Judgement:
    """Compare 20% noise with clean labels on as many images."""
    noise, clean = _predictions(measured, volume, NOISE), _predictions(measured, volume)
    return reported(gain(noise, clean), f"20% noise at volume {volume}", "points")


@claim(
    "open-merge",
    "should two look-alike classes be merged?",
    "reported: the accuracy that counting cat and dog as one class gains",
)
def merging_cat_and_dog(measured: Measurements) -> Judgement:
    """Score the clean model's predictions with cat and dog mapped to one class.

    The model was trained to tell them apart; one trained on the merged class might gain more or less.
    """
    clean = measured.at(MODEL, data=DATA)
    pair = [list(clean.classes).index(name) for name in ("cat", "dog")]
    wrong = clean.predicted != clean.truth
    confused = np.isin(clean.truth, pair) & np.isin(clean.predicted, pair) & wrong
    return reported(rate(confused).scaled(100), "scoring cat and dog of the clean model as one class", "points")


@claim(
    "open-fixed-by-size",
    "is class sensitivity fixed by more data?",
    "reported: the standard deviation over classes of the difference of TPR at 20% noise, over volumes of 0.1 to 1",
    cases=grid(volume=VOLUMES),
)
def spread_of_classes_over_volume(measured: Measurements, volume: str) -> Judgement:
    """Measure how unequally 20% noise hits the classes.

    The noise of the measurement adds to a spread, to that of the draws once more: compare volumes, not with 0.
    """
    noise, clean = _predictions(measured, volume, NOISE), _predictions(measured, volume)
    rates = JointEstimate.of([100 * (noise.recall(name) - clean.recall(name)) for name in clean.classes])
    return reported_statistic(rates, _spread, f"spread over classes of 20% noise at volume {volume}", "points")


def _predictions(measured: Measurements, volume: str, noise: str = "") -> Predictions:
    reduction = 1 - Decimal(volume)
    steps = [f"reduce:{reduction}" if reduction else "", noise]
    return measured.at(MODEL, "+".join(filter(None, steps)) or "clean", data=DATA)


def _equal_volume(accuracies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the volume of equal accuracy; (..., 1 + volumes), the noise first, to (...)."""
    volumes = [float(volume) for volume in VOLUMES]
    rising = np.maximum.accumulate(accuracies[..., 1:], axis=-1).reshape(-1, len(volumes))
    noise = accuracies[..., 0]
    found = [np.interp(one, curve, volumes) for one, curve in zip(noise.reshape(-1), rising, strict=True)]
    return np.asarray(found, float).reshape(noise.shape)


def _spread(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(differences.std(-1))
