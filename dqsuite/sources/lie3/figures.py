"""lie3: noise against volume, and the Impact Index, which is the distance between the two."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import nan

from dqsuite.charts.figures import Curve, Grid, Grids, Lines, Panel, differences
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.statements import CIFAR10
from dqsuite.results.predictions import Scores
from dqsuite.sources.drawing import DAMAGE_NAMES, DAMAGES, MODEL_NAMES, Level, beside, percent, response, stored
from dqsuite.sources.lie3.claims import LEVELS, MODELS
from dqsuite.sources.sketch import figure
from dqsuite.statistics.estimate import Estimate, estimate, ratio
from dqsuite.statistics.simultaneous import cells_at_once, without_interval

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
    return response(DAMAGE_NAMES[damage], damage, beside(lambda: Level(0, measured.accuracy(model)), damaged))


def _accuracy(measured: StoredMeasurements, model: str, damage: str, level: str) -> Level:
    return Level(percent(level), measured.accuracy(model, DAMAGES[damage](level)))


@figure("lie3-airplane", "TPR of airplanes over that of the clean model (custom CNN)", "lie3, table 1")
def airplane(measured: StoredMeasurements) -> Grids:
    """Draw the table of both normalised rates and the index between them."""
    levels = stored(partial(_at_level, measured, "custom", "airplane", level) for level in LEVELS)
    found = cells_at_once([each for _, *three in levels for each in three], (len(levels), 3))
    columns = ("TPR noise / clean", "TPR less data / clean", "Impact Index")
    note = (
        "Above 1 is better than clean. The Impact Index is the second column minus the first. Point at a number for "
        "its interval: they cover the whole table at once (95%)."
    )
    names = [level for level, *_ in levels]
    grid = Grid("Airplane", names, columns, found.mean, "level", "rate", digits=3, low=found.low, high=found.high)
    return Grids([grid], note)


def _at_level(
    measured: StoredMeasurements, model: str, name: str, level: str
) -> tuple[str, Estimate, Estimate, Estimate]:
    noisy, less = (_normed(measured, model, name, make(level)) for make in DAMAGES.values())
    return f"{percent(level):g}%", noisy, less, _index(measured, model, name, level)


def _normed(measured: StoredMeasurements, model: str, name: str, condition: str) -> Estimate:
    after, clean = (measured.available(model, each).recall(name) for each in (condition, "clean"))
    return _quotient(after, clean, 0) if len(after) == len(clean) else _without(after.mean(), clean)


def _index(measured: StoredMeasurements, model: str, name: str, level: str) -> Estimate:
    noisy, less = (measured.available(model, make(level)).recall(name) for make in DAMAGES.values())
    clean = measured.available(model).recall(name)
    if len({len(noisy), len(less), len(clean)}) > 1:
        return _without(less.mean() - noisy.mean(), clean)
    return _quotient(less - noisy, clean, -1)


def _quotient(scores: Scores, clean: Scores, least: float) -> Estimate:
    """Return the mean of scores from ``least`` to 1 over that of the clean model's, paired by repeat and image."""
    base = clean.mean()
    return estimate(ratio(scores, clean), low=least / base, high=1 / base) if base else without_interval()


def _without(mean: float, clean: Scores) -> Estimate:
    """Return a quotient of unlike numbers of repeats, without an interval."""
    return without_interval(mean / clean.mean() if clean.any() else nan)


@figure("lie3-distance", "The Impact Index is the distance between two curves (custom CNN)", "lie3, figure 3")
def distance(measured: StoredMeasurements) -> Lines:
    """Draw the normalised TPR of each class with the area between noise and less data."""
    panels = stored(partial(_distance, measured, name) for name in CIFAR10)
    note = "The shaded distance is the Impact Index: positive where the curve of noise lies below."
    return Lines(panels, "level, %", "TPR over that of the clean model", note)


def _distance(measured: StoredMeasurements, name: str) -> Panel:
    curves = [
        response(DAMAGE_NAMES[damage], damage, [Level(0, without_interval(1.0)), *_normed_curve(measured, name, make)])
        for damage, make in DAMAGES.items()
    ]
    return Panel(name, curves, between=True)


def _normed_curve(measured: StoredMeasurements, name: str, make: Callable[[str], str]) -> list[Level]:
    return stored(partial(_normed_level, measured, name, level, make) for level in LEVELS)


def _normed_level(measured: StoredMeasurements, name: str, level: str, make: Callable[[str], str]) -> Level:
    return Level(percent(level), _normed(measured, "custom", name, make(level)))


@figure("lie3-impact", "Impact Index by class and level", "lie3, figure 4")
def impact(measured: StoredMeasurements) -> Grids:
    """Draw a heat map for each model."""
    return Grids(
        stored(partial(_impacts, measured, model) for model in MODELS), "Above 0, noise hurt more than less data."
    )


def _impacts(measured: StoredMeasurements, model: str) -> Grid:
    levels = stored(partial(_indexes, measured, model, level) for level in LEVELS)
    found = cells_at_once([index[at] for at in range(len(CIFAR10)) for _, index in levels], (len(CIFAR10), len(levels)))
    names = [name for name, _ in levels]
    return differences(Grid(MODEL_NAMES[model], CIFAR10, names, found.mean, "class", "level", digits=2), found)


def _indexes(measured: StoredMeasurements, model: str, level: str) -> tuple[str, list[Estimate]]:
    return f"{percent(level):g}%", [_index(measured, model, name, level) for name in CIFAR10]


@figure("lie3-bird", "Impact Index of birds across models", "lie3, figure 5")
def bird(measured: StoredMeasurements) -> Lines:
    """Draw a curve for each model."""
    curves = stored(partial(_bird_curve, measured, model) for model in MODELS)
    return Lines([Panel("bird", curves)], "level, %", "Impact Index")


def _bird_curve(measured: StoredMeasurements, model: str) -> Curve:
    levels = stored(partial(_bird_impact, measured, model, level) for level in LEVELS)
    return response(MODEL_NAMES[model], _BIRD_TONES[model], levels)


def _bird_impact(measured: StoredMeasurements, model: str, level: str) -> Level:
    return Level(percent(level), _index(measured, model, "bird", level))
