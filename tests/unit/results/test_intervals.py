from __future__ import annotations

import numpy as np
import pytest

from dqsuite.results.intervals import matrix_changes, recall_changes, recalls
from dqsuite.results.predictions import Predictions
from dqsuite.statistics.estimate import rate
from dqsuite.statistics.simultaneous import at_once, without_interval

CLASSES = ("cat", "dog", "frog", "ship")


def world(seed, repeats=5, per_class=60, harm=0.0, classes=CLASSES):
    """Return predictions of clean and of damaged models on the same images; the damage hits cats alone."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(CLASSES)), per_class)
    difficulty = rng.standard_normal(len(truth))

    def trained(extra):
        wrong = difficulty + rng.standard_normal((repeats, len(truth))) + 0.2 * rng.standard_normal((repeats, 1))
        wrong += extra * (truth == 0)
        predicted = np.where(wrong > 1, (truth + 1 + (difficulty > 0.5)) % len(CLASSES), truth)
        return Predictions(truth, classes, predicted, np.ones((repeats, 1)))

    return trained(0.0), trained(harm)


def matrix(found):
    k = len(found.classes)
    return np.mean([np.bincount(found.truth * k + row, minlength=k * k) for row in found.predicted], 0).reshape(k, k)


def test_the_change_of_a_matrix_has_an_interval_for_each_cell():
    clean, noisy = world(1, harm=2.0)
    found = matrix_changes(noisy, clean)
    np.testing.assert_allclose(found.mean, matrix(noisy) - matrix(clean), atol=1e-9)
    assert (found.low <= found.mean).all()
    assert (found.mean <= found.high).all()
    assert (np.abs([found.low, found.high]) <= 60).all()
    assert found.high[0, 0] < 0
    assert (found.low[1:] <= 0).all()
    assert (found.high[1:] >= 0).all()


def test_the_change_of_a_recall_is_the_diagonal_with_an_interval_that_is_shared_by_fewer():
    clean, noisy = world(2, harm=1.0)
    classes, cells = recall_changes(noisy, clean), matrix_changes(noisy, clean)
    np.testing.assert_allclose(60 * classes.mean, np.diagonal(cells.mean))
    assert (60 * (classes.high - classes.low) < np.diagonal(cells.high - cells.low)).all()


def test_recalls_stay_within_their_range():
    clean, _ = world(3)
    easy = Predictions(clean.truth, CLASSES, np.tile(clean.truth, (5, 1)), np.ones((5, 1)))
    found = recalls(easy)
    assert (found.mean == 1).all()
    assert ((found.low > 0.8) & (found.low < 1)).all()
    assert (found.high == 1).all()


def test_unequal_numbers_of_repeats_are_compared_unpaired():
    clean, noisy = world(4, harm=2.0)
    fewer = Predictions(clean.truth, CLASSES, clean.predicted[:3], np.ones((3, 1)))
    found = matrix_changes(noisy, fewer)
    np.testing.assert_allclose(found.mean, matrix(noisy) - matrix(fewer), atol=1e-9)
    assert (found.low < found.mean).all()
    assert (found.mean < found.high).all()
    np.testing.assert_allclose(60 * recall_changes(noisy, fewer).mean, np.diagonal(found.mean))


def test_one_repeat_has_no_interval():
    clean, noisy = world(5, repeats=1)
    found = matrix_changes(noisy, clean)
    np.testing.assert_allclose(found.mean, matrix(noisy) - matrix(clean), atol=1e-9)
    assert np.isnan([found.low, found.high]).all()


def test_a_class_without_test_images_has_none_either():
    clean, noisy = world(6, classes=(*CLASSES, "truck"))
    assert np.isnan(recalls(clean).mean).tolist() == [False] * 4 + [True]
    assert np.isnan(recall_changes(noisy, clean).low).tolist() == [False] * 4 + [True]
    found = matrix_changes(noisy, clean)
    assert np.isnan(found.mean[4]).all()
    assert np.isnan(found.low[4]).all()


def test_what_has_no_interval_does_not_make_the_others_wider():
    estimates = [rate(world(7)[0].recall(name)) for name in CLASSES]
    alone = at_once(estimates)
    assert at_once([*estimates, without_interval(1.0)])[:4] == alone
    assert alone == [each.interval(1 - 0.05 / 4) for each in estimates]


@pytest.mark.parametrize("repeats", [3, 5])
def test_of_all_cells_of_a_matrix_some_is_marked_by_chance_in_at_most_five_percent_of_worlds(repeats):
    worlds = 150
    marked = 0
    for seed in range(worlds):
        clean, same = world(100 + seed, repeats)
        found = matrix_changes(same, clean)
        marked += bool(((found.low > 0) | (found.high < 0)).any())
    assert marked / worlds <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / worlds)
