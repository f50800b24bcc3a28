"""He et al. 2019: classes, size, labels and images of the training set."""

from __future__ import annotations

from functools import partial
from math import nan

import numpy as np

from dqsuite.charts.figures import Curve, Dots, Grid, Grids, Lines, Panel, Row, mean_curve, row
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.datasets.named import CLASSES as NAMES
from dqsuite.results.intervals import class_counts
from dqsuite.sources.drawing import MODEL_NAMES, Level, beside, percent, response, stored
from dqsuite.sources.he2019.claims.images import GAMMAS, SALT_AND_PEPPER
from dqsuite.sources.he2019.claims.shared import CIFAR_MODELS, CLASSES, DATA
from dqsuite.sources.he2019.published import HE_CONTRAST
from dqsuite.sources.sketch import figure
from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.simultaneous import cells_at_once

_LEVELS = ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6")
_MNIST_LEVELS = (*(f"{count / 100:g}" for count in range(1, 21)), *(f"{count / 10:g}" for count in range(3, 11)))
_MNIST_SIZES = (*(f"{count / 10:g}" for count in range(1, 8)), *(f"{count / 100:g}" for count in range(80, 100)))
_CIFAR_SIZES = ("0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.75", "0.8", "0.85", "0.875", "0.9", "0.95")
_CONTRASTS = {factor: HE_CONTRAST.get(f"contrast:{factor}", nan) for factor in ("0.25", "0.5", "2", "4")}
_OPERATIONS = {"drop_class": "deleted", "relabel_class": "relabelled as the next"}
_PEAK_TO_END = (
    "The source's test accuracy rises early and falls under label noise. Ours, averaged over the repeats that were "
    "still training."
)


@figure("he-drop-class", "Accuracy on MNIST with one digit deleted", "he2019, figure 1")
def without_a_digit(measured: StoredMeasurements) -> Dots:
    """Set each deleted digit beside the clean model."""
    dropped = [partial(_accuracy, measured, "lenet5", f"without {digit}", f"drop_class:{digit}") for digit in CLASSES]
    return Dots(beside(partial(_accuracy, measured, "lenet5", "nothing deleted", "clean"), dropped), "accuracy, %")


def _accuracy(measured: StoredMeasurements, model: str, name: str, condition: str, published: float = nan) -> Row:
    return row(name, measured.accuracy(model, condition, data=DATA[model]).interval(), published)


@figure("he-differences-resnet20", "Predictions that change with one class changed (ResNet-20)", "he2019, figure 2")
def differences_of_resnet20(measured: StoredMeasurements) -> Grids:
    """Count the images predicted otherwise than by the clean model."""
    return _differences(measured, "resnet20")


@figure("he-differences-nin", "Predictions that change with one class changed (NIN)", "he2019, figure 3")
def differences_of_nin(measured: StoredMeasurements) -> Grids:
    """Count the images predicted otherwise than by the clean model."""
    return _differences(measured, "nin")


def _differences(measured: StoredMeasurements, model: str) -> Grids:
    grids = stored(partial(_difference_map, measured, model, operation) for operation in _OPERATIONS)
    return Grids(
        grids,
        "Test images of each class whose predicted label is not the clean model's, averaged over repeats. Point at a "
        "number for its interval: they cover a whole table at once (95%).",
    )


def _difference_map(measured: StoredMeasurements, model: str, operation: str) -> Grid:
    rows = stored(partial(_differing, measured, model, operation, index) for index in CLASSES)
    names = NAMES[DATA[model]]
    changed = [names[int(index)] for index, _ in rows]
    found = cells_at_once([each for _, counts in rows for each in counts], (len(rows), len(names)))
    title, axes = f"Class {_OPERATIONS[operation]}", ("class changed", "true class")
    return Grid(title, changed, names, found.mean, *axes, low=found.low, high=found.high)


def _differing(measured: StoredMeasurements, model: str, operation: str, index: str) -> tuple[str, list[Estimate]]:
    after, clean = (
        measured.available(model, f"{operation}:{index}", data=DATA[model]),
        measured.available(model, data=DATA[model]),
    )
    shared = min(len(after.predicted), len(clean.predicted))
    differs = after.predicted[:shared] != clean.predicted[:shared]
    return index, class_counts(differs, clean)


@figure("he-size-mnist", "Accuracy on MNIST against the size of the training set", "he2019, figure 4")
def size_of_mnist(measured: StoredMeasurements) -> Lines:
    """Draw one curve."""
    return _sizes(measured, ("lenet5",), _MNIST_SIZES)


@figure("he-size-cifar10", "Accuracy on CIFAR-10 against the size of the training set", "he2019, figure 5")
def size_of_cifar10(measured: StoredMeasurements) -> Lines:
    """Draw a panel for each model."""
    return _sizes(measured, CIFAR_MODELS, _CIFAR_SIZES)


def _sizes(measured: StoredMeasurements, models: tuple[str, ...], removed: tuple[str, ...]) -> Lines:
    panels = stored(partial(_size_panel, measured, model, removed) for model in models)
    return Lines(panels, "records for training, thousands", "accuracy, %")


def _size_panel(measured: StoredMeasurements, model: str, removed: tuple[str, ...]) -> Panel:
    smaller = [partial(_size_point, measured, model, f"reduce:{share}") for share in removed]
    points = beside(partial(_size_point, measured, model, "clean"), smaller)
    points.sort(key=lambda each: each.x)
    return Panel(MODEL_NAMES[model], [response("accuracy", "less", points)])


def _size_point(measured: StoredMeasurements, model: str, condition: str) -> Level:
    records = np.mean([each.records_after for each in measured.manifests(model, condition, data=DATA[model])])
    return Level(float(records) / 1000, measured.accuracy(model, condition, data=DATA[model]))


@figure("he-labels-mnist", "Accuracy on MNIST with wrong labels", "he2019, figures 6 and 7")
def labels_of_mnist(measured: StoredMeasurements) -> Lines:
    """Draw labels set to 0 beside random ones."""
    kinds = {"to_class": "Labels set to 0", "wrong": "Random wrong labels"}
    panels = stored(partial(_label_panel, measured, kind, title) for kind, title in kinds.items())
    note = (
        "Last epoch. Items that are 0 already stay as they are: the table of numbers has the labels that are really "
        "wrong. Published: about 90%, and then 10% from 15% wrong labels on."
    )
    return Lines(panels, "% of the labels changed", "accuracy, %", note)


def _label_panel(measured: StoredMeasurements, kind: str, title: str) -> Panel:
    points = stored(partial(_label_point, measured, level, f"{kind}:{level}") for level in _MNIST_LEVELS)
    return Panel(title, [response("accuracy", "noise", points)])


def _label_point(measured: StoredMeasurements, level: str, condition: str) -> Level:
    rates = [each.effective_rate for each in measured.manifests("lenet5", condition, data="mnist")]
    accuracy = measured.accuracy("lenet5", condition, data="mnist")
    return Level(percent(level), accuracy, f"{100 * np.mean(rates):.1f}% wrong")


@figure("he-training-resnet20", "Training with wrong labels, epoch by epoch (ResNet-20)", "he2019, figure 8")
def training_of_resnet20(measured: StoredMeasurements) -> Lines:
    """Draw training and test accuracy at each level."""
    return _trainings(measured, "resnet20")


@figure("he-training-nin", "Training with wrong labels, epoch by epoch (NIN)", "he2019, figure 9")
def training_of_nin(measured: StoredMeasurements) -> Lines:
    """Draw training and test accuracy at each level."""
    return _trainings(measured, "nin")


def _trainings(measured: StoredMeasurements, model: str) -> Lines:
    wrong = [partial(_training, measured, model, f"{percent(level):g}% wrong", f"wrong:{level}") for level in _LEVELS]
    panels = beside(partial(_training, measured, model, "clean", "clean"), wrong)
    return Lines(panels, "epoch", "accuracy, %", _PEAK_TO_END)


def _training(measured: StoredMeasurements, model: str, title: str, condition: str) -> Panel:
    outcomes = measured.outcomes(model, condition, data=DATA[model])
    kinds = {"test_accuracy": ("clean test set", "noise"), "train_accuracy": ("training set", "plain")}
    curves = [
        Curve(name, tone, mean_curve([outcome.curves[kind] for outcome in outcomes]))
        for kind, (name, tone) in kinds.items()
    ]
    return Panel(title, curves)


@figure("he-contrast", "Accuracy on MNIST with the contrast changed", "he2019, figure 10")
def contrast(measured: StoredMeasurements) -> Dots:
    """Set the factors beside the clean model."""
    makers = [
        partial(_accuracy, measured, "lenet5", f"contrast × {factor}", f"contrast:{factor}", published)
        for factor, published in _CONTRASTS.items()
    ]
    clean = partial(_accuracy, measured, "lenet5", "clean", "clean", HE_CONTRAST["clean"])
    note = "Published: weaker and stronger contrast, without a factor; those are ours."
    return Dots(beside(clean, makers), "accuracy, %", note)


@figure("he-salt-pepper", "Accuracy on CIFAR-10 with salt-and-pepper noise", "he2019, figure 11")
def salt_and_pepper(measured: StoredMeasurements) -> Dots:
    """Draw every amount in both models."""
    return _contaminated(measured, {f"a = {amount}": f"salt_pepper:{amount}" for amount in SALT_AND_PEPPER})


@figure("he-brightness", "Accuracy on CIFAR-10 with the brightness changed", "he2019, figure 11")
def brightness(measured: StoredMeasurements) -> Dots:
    """Draw every gamma in both models: above 1 darkens."""
    return _contaminated(measured, {f"gamma {gamma}": f"gamma:{gamma}" for gamma in GAMMAS})


@figure("he-gaussian", "Accuracy on CIFAR-10 with Gaussian noise", "he2019, figure 12")
def gaussian(measured: StoredMeasurements) -> Dots:
    """Draw every width in both models."""
    return _contaminated(measured, {f"sigma {sigma}": f"gaussian:{sigma}" for sigma in (2, 8, 16)})


def _contaminated(measured: StoredMeasurements, conditions: dict[str, str]) -> Dots:
    rows = stored(partial(_contaminated_model, measured, model, conditions) for model in CIFAR_MODELS)
    return Dots([row for of_model in rows for row in of_model], "accuracy, %")


def _contaminated_model(measured: StoredMeasurements, model: str, conditions: dict[str, str]) -> list[Row]:
    title = MODEL_NAMES[model]
    damaged = [partial(_accuracy, measured, model, f"{title}, {name}", text) for name, text in conditions.items()]
    return beside(partial(_accuracy, measured, model, f"{title}, clean", "clean"), damaged)
