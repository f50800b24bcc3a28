"""Every figure against the numbers in the store, read apart from the report's own code."""

from __future__ import annotations

import numpy as np
import pytest

from dqsuite.claims.source import sources
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.card import Card
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import CARDS, OUTCOMES
from dqsuite.sources.poisoning.published import POISONING
from dqsuite.sources.sketch import sketches_of
from dqsuite.statistics.estimate import rate

CIFAR10 = CLASSES["cifar10"]


@pytest.fixture(scope="module")
def stored(store):
    """Return what the store holds of a condition: the truth, and the predictions (repeats, images)."""
    outcomes = [Outcome.from_bytes(store.get(OUTCOMES, name)) for name in store.list(OUTCOMES)]
    cards = {name: Card.from_bytes(store.get(CARDS, name)) for name in store.list(CARDS)}

    def find(model, condition, data="cifar10", epoch="last"):
        found = [
            outcome
            for outcome in outcomes
            if (outcome.cell.model, outcome.cell.corruption, outcome.cell.dataset) == (model, condition, data)
        ]
        found.sort(key=lambda outcome: outcome.cell.repeat)
        assert found
        return cards[found[0].fingerprint].y_test, np.stack([getattr(outcome, epoch) for outcome in found]).astype(int)

    return find


def matrix(truth, predicted):
    counts = np.zeros((truth.max() + 1,) * 2)
    for repeat in predicted:
        np.add.at(counts, (truth, repeat), 1)
    return counts / len(predicted)


def recall(truth, predicted):
    counts = matrix(truth, predicted)
    return np.diagonal(counts) / counts.sum(1)


def accuracy(truth, predicted):
    return rate(predicted == truth).scaled(100).interval()


def curve(lines, panel, name):
    (found,) = [each for each in lines.panels if each.title == panel]
    (points,) = [each.points for each in found.curves if each.name == name]
    return {each.x: each for each in points}


def test_every_figure_has_a_key_of_its_own():
    keys = [sketch.key for source in sources() for sketch in sketches_of(source)]
    assert len(set(keys)) == len(keys) > 30


def test_a_confusion_matrix_has_the_truth_in_its_rows(figures, stored):
    clean, noisy = figures["lie1-matrices"].grids
    np.testing.assert_allclose(clean.values, matrix(*stored("custom", "clean")))
    np.testing.assert_allclose(noisy.values, matrix(*stored("custom", "shuffle:0.1")))
    assert np.any(clean.values != clean.values.T)
    assert (clean.row_axis, clean.column_axis) == ("true class", "predicted class")


@pytest.mark.parametrize(
    ("key", "place", "condition"),
    [("lie1-noise-relative", 3, "shuffle:0.2"), ("lie1-volume-relative", 0, "reduce:0.2")],
)
def test_a_relative_matrix_is_the_difference_to_clean(figures, stored, key, place, condition):
    grid = figures[key].grids[place]
    expected = matrix(*stored("custom", condition)) - matrix(*stored("custom", "clean"))
    np.testing.assert_allclose(grid.values, expected, atol=1e-9)
    assert grid.signed
    assert (grid.low <= grid.values).all()
    assert (grid.values <= grid.high).all()


def test_the_models_matrices_are_their_own(figures, stored):
    for grid, model in zip(figures["lie2-clean"].grids, ("lenet", "resnet18", "unresnet18", "googlenet"), strict=True):
        np.testing.assert_allclose(grid.values, matrix(*stored(model, "clean")))


def test_birds_are_followed_against_noise(figures, stored):
    bird = CIFAR10.index("bird")
    points = curve(figures["lie1-bird"], "Label noise", "label noise")
    change = recall(*stored("custom", "shuffle:0.25"))[bird] - recall(*stored("custom", "clean"))[bird]
    assert points[25].y == pytest.approx(1000 * change)
    assert points[25].low < points[25].y < points[25].high
    assert points[25].least < points[25].low
    assert points[25].high < points[25].most
    assert points[0].y == 0
    assert np.isnan(points[0].low)


def test_the_recall_of_each_class_is_drawn_with_its_interval(figures, stored):
    truth, predicted = stored("custom", "reduce:0.2")
    dog = truth == CIFAR10.index("dog")
    found = curve(figures["lie1-classes"], "dog", "less data")[20]
    assert (found.y, found.low, found.high) == pytest.approx(accuracy(truth[dog], predicted[:, dog])[:3])


def test_the_classes_are_ranked_by_recall(figures, stored):
    table = figures["lie1-ranked"]
    rates = recall(*stored("custom", "clean"))
    column = [row[table.columns.index("clean")] for row in table.rows]
    expected = [f"{CIFAR10[index]} {100 * rates[index]:.1f} (" for index in np.argsort(rates, kind="stable")]
    assert [cell.startswith(start) for cell, start in zip(column, expected, strict=True)] == [True] * 10


def test_the_baselines_stand_beside_the_published_ones(figures, stored):
    custom, lenet, *_ = figures["lie2-baselines"].rows
    assert (lenet.value, lenet.low, lenet.high) == pytest.approx(accuracy(*stored("lenet", "clean"))[:3])
    assert (custom.published, lenet.published) == (88.94, 66.6)


def test_the_weakest_classes_are_those_of_lowest_recall(figures, stored):
    row = figures["lie2-weakest-noise"].rows[1]
    rates = recall(*stored("lenet", "shuffle:0.3"))
    weakest = np.argsort(rates, kind="stable")[:4]
    assert row[0] == "LeNet"
    expected = [f"{CIFAR10[index]} {100 * rates[index]:.1f} (" for index in weakest]
    assert [cell.startswith(start) for cell, start in zip(row[1:], expected, strict=True)] == [True] * 4


@pytest.mark.parametrize(("name", "condition"), [("label noise", "shuffle:0.15"), ("less data", "reduce:0.15")])
def test_accuracy_is_drawn_against_the_level(figures, stored, name, condition):
    found = curve(figures["lie3-accuracy"], "GoogLeNet", name)[15]
    assert (found.y, found.low, found.high) == pytest.approx(accuracy(*stored("googlenet", condition))[:3])


def test_the_impact_index_is_the_distance_of_the_normalised_curves(figures, stored):
    clean, noisy, less = (recall(*stored("custom", c)) for c in ("clean", "shuffle:0.3", "reduce:0.3"))
    expected = (less - noisy) / clean
    (heat,) = [grid for grid in figures["lie3-impact"].grids if grid.title == "Custom CNN"]
    np.testing.assert_allclose(heat.values[:, -1], expected)
    assert heat.judges()
    assert ((heat.low <= heat.values) & (heat.values <= heat.high)).all()
    for index, panel in enumerate(figures["lie3-distance"].panels):
        noise, reduction = (curve_.points[-1].y for curve_ in panel.curves)
        assert reduction - noise == pytest.approx(expected[index])
        assert panel.between
    airplane = figures["lie3-airplane"].grids[0].values[-1]
    np.testing.assert_allclose(airplane, [noisy[0] / clean[0], less[0] / clean[0], expected[0]])


def test_the_impact_on_birds_is_drawn_for_each_model(figures, stored):
    clean, noisy, less = (recall(*stored("lenet", c)) for c in ("clean", "shuffle:0.05", "reduce:0.05"))
    bird = CIFAR10.index("bird")
    assert curve(figures["lie3-bird"], "bird", "LeNet")[5].y == pytest.approx(((less - noisy) / clean)[bird])


def test_poisoning_is_drawn_at_the_best_epoch_beside_the_published_curve(figures, stored):
    lines = figures["poisoning-all"]
    best = accuracy(*stored("poison_cnn", "biased:0.4", "mnist", "best"))
    last = accuracy(*stored("poison_cnn", "biased:0.4", "mnist", "last"))
    assert curve(lines, "MNIST", "biased")[40].y == pytest.approx(best.mean)
    assert best.mean != last.mean
    published = curve(lines, "MNIST", "biased, published")
    assert {x: each.y for x, each in published.items()} == POISONING["all", "biased"]["mnist"]
    small = curve(figures["poisoning-small"], "CIFAR-10", "random")
    assert small[40].y == pytest.approx(accuracy(*stored("poison_cnn", "first:1000+wrong:0.4", "cifar10", "best")).mean)


def test_predictions_that_differ_are_counted_by_true_class(figures, stored):
    truth, clean = stored("nin", "clean")
    _, deleted = stored("nin", "drop_class:3")
    counts = [(deleted != clean)[:, truth == index].sum(1).mean() for index in range(10)]
    np.testing.assert_allclose(figures["he-differences-nin"].grids[0].values[0], counts)


def test_training_is_drawn_epoch_by_epoch(figures, measured):
    lines = figures["he-training-resnet20"]
    outcomes = measured.outcomes("resnet20", "wrong:0.4")
    expected = 100 * np.mean([outcome.curves["test_accuracy"].astype(float) for outcome in outcomes], axis=0)
    drawn = curve(lines, "40% wrong", "clean test set")
    np.testing.assert_allclose([drawn[epoch].y for epoch in range(1, len(expected) + 1)], expected)


def test_contrast_stands_beside_the_published_change(figures, stored):
    rows = {row.name: row for row in figures["he-contrast"].rows}
    assert rows["contrast × 2"].value == pytest.approx(accuracy(*stored("lenet5", "contrast:2", "mnist")).mean)
    assert rows["contrast × 2"].published == 67


def test_what_is_not_stored_is_named_with_a_reason(page):
    missing = {each.title: each.reason for section in page.sources for each in section.missing}
    assert missing["Accuracy on CIFAR-10 with Gaussian noise (he2019, figure 12)"]
    assert "confidences" in missing["Cats taken for frogs, with the model's confidence (lie1, figure 3)"]
