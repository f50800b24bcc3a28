"""He et al. on the size of the training set."""

from __future__ import annotations

from itertools import pairwise
from math import log2

from dqsuite.claims.claim import Measurements, claim
from dqsuite.claims.statements import points
from dqsuite.sources.he2019.claims.shared import at, change
from dqsuite.statistics.criteria import above, inside
from dqsuite.statistics.estimate import estimate
from dqsuite.statistics.judgement import Judgement, all_of


@claim(
    "he-mnist-size-mild",
    "MNIST: the size of the training set matters little (the abstract speaks of a decisive impact of all four aspects)",
    "accuracy at volume 0.2 within 2 points of that of the full set",
)
def mnist_size_matters_little(measured: Measurements) -> Judgement:
    """Compare a fifth of the training set with all of it."""
    return inside(change(measured, "lenet5", "reduce:0.8"), -2, 2, label="volume 0.2 - full", unit="points")


_SPANS = {"images": (7.5, 40.0), "doublings": (2.0, log2(5))}  # from 2.5k to 10k, from 10k to 50k


@claim(
    "he-cifar-10k-knee",
    "CIFAR-10: accuracy drops sharply below 10,000 training images, and grows little above",
    "ResNet-20: slope over 2.5k to 10k minus twice the slope over 10k to 50k above 0, per 1,000 images and per "
    "doubling; NIN: accuracy(10k) - accuracy(5k) above 5 points",
    cases=[{"model": "resnet20", "by": "images"}, {"model": "resnet20", "by": "doublings"}, {"model": "nin"}],
)
def knee_at_10k(measured: Measurements, model: str, by: str = "") -> Judgement:
    """Take each slope between the two ends of its span; NIN has a difference instead."""
    if not by:
        return above(change(measured, model, "reduce:0.8", "reduce:0.9"), 5, label="10k - 5k", unit="points")
    at_2500, at_10k, at_50k = (at(measured, model, condition) for condition in ("reduce:0.95", "reduce:0.8", "clean"))
    below_knee, above_knee = _SPANS[by]
    bend = points(at_10k, at_2500) / below_knee - 2 * points(at_50k, at_10k) / above_knee
    unit = {"images": "points per 1,000 images", "doublings": "points per doubling"}[by]
    return above(estimate(bend), label="slope below 10k - twice the slope above", unit=unit)


@claim(
    "he-more-is-better",
    "the larger the data set, the better",
    "ResNet-20: accuracy rises with each doubling from 6,250 to 50,000 images",
)
def more_is_better(measured: Measurements) -> Judgement:
    """Compare each size with half of it."""
    sizes = {"6,250": "reduce:0.875", "12,500": "reduce:0.75", "25,000": "reduce:0.5", "50,000": "clean"}
    return all_of(
        [
            above(change(measured, "resnet20", more, less), label=f"to {size} images", unit="points")
            for (_, less), (size, more) in pairwise(sizes.items())
        ]
    )
