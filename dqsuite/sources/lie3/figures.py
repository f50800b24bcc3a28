"""lie3: noise against volume, and the Impact Index, which is the distance between the two."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from dqsuite.charts.figures import Curve, Grid, Grids, Lines, Panel, Point, point
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.statements import CIFAR10
from dqsuite.sources.drawing import DAMAGE_NAMES, DAMAGES, MODEL_NAMES, beside, change, percent, stored
from dqsuite.sources.lie3.claims import LEVELS, MODELS
from dqsuite.sources.sketch import figure
from dqsuite.statistics.estimate import ratio

_BIRD_TONES = {"custom": "first", "lenet": "noise", "resnet18": "less", "unresnet18": "second", "googlenet": "third"}


@figure("lie3-accuracy", "Accuracy against noise, and against as much less data", "lie3, figure 1")
def accuracy(measured: StoredMeasurements) -> Lines:
    """Draw both curves of each model."""
    panels = stored(partial(_accuracies, measured, model) for model in MODELS)
    return Lines(panels, "% of the records damaged or taken away", "accuracy, %")


def _accuracies(measured: StoredMeasurements, model: str) -> Panel:
    return Panel(MODEL_NAMES[model], stored(partial(_accuracy_curve, measured, model, damage) for damage in DAMAGES))


def _accuracy_curve(measured: StoredMeasurements, model: str, damage: str) -> Curve:
    damaged = [partial(_accuracy, measured, model, damage, level) for level in LEVELS]
    return Curve(DAMAGE_NAMES[damage], damage, beside(lambda: point(0, measured.accuracy(model)), damaged))


def _accuracy(measured: StoredMeasurements, model: str, damage: str, level: str) -> Point:
    return point(percent(level), measured.accuracy(model, DAMAGES[damage](level)))


@figure("lie3-airplane", "TPR of airplanes over that of the clean model (custom CNN)", "lie3, table 1")
def airplane(measured: StoredMeasurements) -> Grids:
    """Draw the table of both normalised rates and the index between them."""
    index = CIFAR10.index("airplane")
    rows = stored(partial(_normed_both, measured, "custom", level) for level in LEVELS)
    values = np.array([[noisy[index], less[index], less[index] - noisy[index]] for _, noisy, less in rows])
    columns = ("TPR noise / clean", "TPR less data / clean", "Impact Index")
    levels = [f"{percent(level):g}%" for level, *_ in rows]
    note = "Above 1 is better than clean. The Impact Index is the second column minus the first."
    return Grids([Grid("Airplane", levels, columns, values, "level", "rate", digits=3)], note)


def _normed_both(
    measured: StoredMeasurements, model: str, level: str
) -> tuple[str, NDArray[np.float64], NDArray[np.float64]]:
    noisy, less = (_normed(measured, model, make(level)) for make in DAMAGES.values())
    return level, noisy, less


def _normed(measured: StoredMeasurements, model: str, condition: str) -> NDArray[np.float64]:
    clean = measured.recall(model)
    return np.asarray(measured.recall(model, condition) / np.where(clean > 0, clean, np.nan))


@figure("lie3-distance", "The Impact Index is the distance between two curves (custom CNN)", "lie3, figure 3")
def distance(measured: StoredMeasurements) -> Lines:
    """Draw the normalised TPR of each class with the area between noise and less data."""
    rows = stored(partial(_normed_both, measured, "custom", level) for level in LEVELS)
    panels = []
    for index, name in enumerate(CIFAR10):
        noisy = [Point(0, 1), *(Point(percent(level), rates[index]) for level, rates, _ in rows)]
        less = [Point(0, 1), *(Point(percent(level), rates[index]) for level, _, rates in rows)]
        curves = [Curve(DAMAGE_NAMES["noise"], "noise", noisy), Curve(DAMAGE_NAMES["less"], "less", less)]
        panels.append(Panel(name, curves, between=True))
    note = "The shaded distance is the Impact Index: positive where the curve of noise lies below."
    return Lines(panels, "level, %", "TPR over that of the clean model", note)


@figure("lie3-impact", "Impact Index by class and level", "lie3, figure 4")
def impact(measured: StoredMeasurements) -> Grids:
    """Draw a heat map for each model."""
    return Grids(
        stored(partial(_impacts, measured, model) for model in MODELS), "Above 0, noise hurt more than less data."
    )


def _impacts(measured: StoredMeasurements, model: str) -> Grid:
    rows = stored(partial(_normed_both, measured, model, level) for level in LEVELS)
    values = np.array([less - noisy for _, noisy, less in rows]).T
    levels = [f"{percent(level):g}%" for level, *_ in rows]
    return Grid(MODEL_NAMES[model], CIFAR10, levels, values, "class", "level", signed=True, digits=2)


@figure("lie3-bird", "Impact Index of birds across models", "lie3, figure 5")
def bird(measured: StoredMeasurements) -> Lines:
    """Draw a curve for each model."""
    curves = stored(partial(_bird_curve, measured, model) for model in MODELS)
    return Lines([Panel("bird", curves)], "level, %", "Impact Index")


def _bird_curve(measured: StoredMeasurements, model: str) -> Curve:
    points = stored(partial(_bird_impact, measured, model, level) for level in LEVELS)
    return Curve(MODEL_NAMES[model], _BIRD_TONES[model], points)


def _bird_impact(measured: StoredMeasurements, model: str, level: str) -> Point:
    noisy, less = (measured.available(model, make(level)).recall("bird") for make in DAMAGES.values())
    clean = measured.available(model).recall("bird")
    if len(noisy) == len(less) == len(clean) and clean.any():
        return point(percent(level), change(ratio(less, clean), ratio(noisy, clean)))
    index = CIFAR10.index("bird")
    _, noise_rates, less_rates = _normed_both(measured, model, level)
    return Point(percent(level), less_rates[index] - noise_rates[index])
