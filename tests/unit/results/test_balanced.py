"""Balanced accuracy and macro-F1: what scikit-learn says, with intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from dqsuite.results.balanced import balanced_accuracy, balanced_change, macro_f1, uneven
from dqsuite.results.predictions import Predictions

CLASSES = ("a", "b", "c")


def predictions(counts, predicted):
    truth = np.repeat(np.arange(len(counts)), counts)
    return Predictions(truth, CLASSES[: len(counts)], np.asarray(predicted), np.zeros((len(predicted), 1)))


def drawn(rng, counts=(90, 30, 12), repeats=4, right=(0.9, 0.7, 0.5)):
    truth = np.repeat(np.arange(3), counts)
    hard = rng.random(len(truth))
    rows = [(hard + rng.normal(0, 0.2, len(truth))) < np.array(right)[truth] for _ in range(repeats)]
    return predictions(counts, [np.where(row, truth, (truth + 1) % 3) for row in rows])


def test_the_means_are_scikit_learn_s_averaged_over_repeats():
    found = drawn(np.random.default_rng(0))
    rows = found.predicted
    assert balanced_accuracy(found).mean == pytest.approx(
        np.mean([balanced_accuracy_score(found.truth, r) for r in rows])
    )
    assert macro_f1(found).mean == pytest.approx(np.mean([f1_score(found.truth, r, average="macro") for r in rows]))


def test_a_class_without_test_images_does_not_count():
    found = predictions((10, 10, 0), [[0] * 10 + [1] * 5 + [2] * 5] * 2)
    assert balanced_accuracy(found).mean == pytest.approx(0.75)
    assert macro_f1(found).mean == pytest.approx((1 + 2 / 3) / 2)


def test_uneven_is_twice_as_many():
    assert uneven(predictions((20, 10), [[0] * 30]))
    assert not uneven(predictions((19, 10), [[0] * 29]))


@pytest.mark.parametrize("predicted", [[0] * 30 + [1] * 6, [0] * 36], ids=["all right", "one class"])
def test_no_interval_is_of_zero_width_or_leaves_its_range(predicted):
    found = predictions((30, 6), [predicted] * 3)
    for each in (balanced_accuracy(found), macro_f1(found)):
        low, high = each.interval()[1:3]
        assert 0 <= low < high <= 1
        assert high - low > 0.1  # six images of a class tell little
    assert balanced_change(found, found).interval().low < 0 < balanced_change(found, found).interval().high


@pytest.mark.parametrize("measure", [balanced_accuracy, macro_f1])
def test_the_intervals_cover(measure):
    """In at least 95% of studies of other repeats and images, but for three standard errors."""
    rng = np.random.default_rng(1)
    truth = measure(drawn(rng, counts=(90_000, 30_000, 12_000), repeats=2)).mean
    inside = [
        interval.low <= truth <= interval.high for interval in (measure(drawn(rng)).interval() for _ in range(400))
    ]
    assert np.mean(inside) >= 0.95 - 3 * (0.05 * 0.95 / 400) ** 0.5


def test_the_change_is_paired_and_of_other_numbers_of_repeats_it_is_not():
    rng = np.random.default_rng(2)
    before, after = drawn(rng), drawn(rng, right=(0.9, 0.7, 0.2))
    paired = balanced_change(after, before)
    assert paired.mean == pytest.approx(balanced_accuracy(after).mean - balanced_accuracy(before).mean)
    fewer = predictions((90, 30, 12), after.predicted[:2])
    assert balanced_change(fewer, before).n == 2
