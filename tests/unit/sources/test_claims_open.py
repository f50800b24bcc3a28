"""What the sources leave open, and what else is measured without an expectation."""

from __future__ import annotations

import numpy as np
import pytest
from planted_worlds import World

from dqsuite.claims import CLAIMS
from dqsuite.datasets.named import CLASSES
from dqsuite.results.predictions import Predictions
from dqsuite.statistics.verdict import Status

IDS = [
    *("poisoning-batch-32", "poisoning-validation", "poisoning-larger-model", "he-label-diff-map"),
    *(identity for identity in CLAIMS if identity.startswith("open-")),
]


@pytest.mark.parametrize("identity", IDS)
def test_a_question_without_expectation_neither_holds_nor_is_refuted(identity):
    part = CLAIMS[identity].judge(World(0.5, any={"clean": 0.9}), **CLAIMS[identity].cases[0])
    assert part.verdict().status is Status.REPORTED
    assert np.isfinite([part.effect, part.low, part.high]).all()


def test_the_volume_that_equals_noise_is_interpolated():
    accuracies = {"reduce:0.6": 0.6, "reduce:0.4": 0.8, "reduce:0.2": 0.85, "clean": 0.9, "shuffle:0.1": 0.7}
    low = {"reduce:0.9": 0.3, "reduce:0.8": 0.4}
    part = CLAIMS["open-compensate"].judge(World(0.5, any=accuracies | low), level="0.1")
    assert part.effect == pytest.approx(0.5, abs=0.03)
    assert part.low < part.effect < part.high


def test_merging_gains_the_confusions_between_cat_and_dog_alone():
    truth = np.repeat(np.arange(10), 10)
    predicted = truth.copy()
    predicted[30:34], predicted[50:51], predicted[34] = 5, 3, 6  # cats as dogs, a dog as cat, a cat as frog
    predictions = Predictions(truth, CLASSES["cifar10"], np.tile(predicted, (3, 1)), np.ones((3, 1)))

    class Fixed:
        def at(self, *_, **__):
            return predictions

    assert CLAIMS["open-merge"].judge(Fixed()).effect == pytest.approx(5)
