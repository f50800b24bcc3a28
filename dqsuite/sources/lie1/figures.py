"""lie1: one small CNN, class by class."""

from __future__ import annotations

from functools import partial

from dqsuite.charts.figures import Curve, Grid, Grids, Lines, Panel, Table, confusion, relative
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.statements import CIFAR10, noise, volume
from dqsuite.results.intervals import rate_change
from dqsuite.sources.drawing import (
    CONVENTION,
    DAMAGE_NAMES,
    DAMAGES,
    RANKED,
    Level,
    beside,
    percent,
    ranking,
    response,
    stored,
)
from dqsuite.sources.lie1.claims.noise import LEVELS, MODEL, NOISES
from dqsuite.sources.lie1.claims.volume import VOLUMES
from dqsuite.sources.lie1.published import LIE1_CATS_AS_FROGS
from dqsuite.sources.sketch import figure
from dqsuite.statistics.estimate import rate
from dqsuite.statistics.simultaneous import without_interval

_IMAGES = "Test images, averaged over repeats."


@figure("lie1-matrices", "What is taken for what, on clean data and with 10% noise", "lie1, figure 2")
def matrices(measured: StoredMeasurements) -> Grids:
    """Draw both confusion matrices."""
    shown = {"Clean": "clean", "10% noise": noise("0.1")}
    grids = stored(partial(_confusion, measured, title, condition) for title, condition in shown.items())
    note = f"{_IMAGES} {CONVENTION} Published for the clean model: {LIE1_CATS_AS_FROGS} of 1,000 cats taken for frogs."
    return Grids(grids, note)


def _confusion(measured: StoredMeasurements, title: str, condition: str) -> Grid:
    return confusion(title, CIFAR10, measured.matrix(MODEL, condition))


def _relative(measured: StoredMeasurements, title: str, condition: str) -> Grid:
    return relative(f"{title}, minus clean", CIFAR10, measured.relative(MODEL, condition))


@figure("lie1-noise-relative", "What label noise changes, level by level", "lie1, figure 4")
def relative_to_noise(measured: StoredMeasurements) -> Grids:
    """Draw a relative matrix for each level of noise."""
    grids = stored(partial(_relative, measured, f"{percent(level):g}% noise", noise(level)) for level in NOISES)
    return Grids(grids, f"{_IMAGES} {CONVENTION}")


@figure("lie1-volume-relative", "What less data changes, volume by volume", "lie1, figure 5")
def relative_to_volume(measured: StoredMeasurements) -> Grids:
    """Draw a relative matrix for each volume."""
    grids = stored(partial(_relative, measured, f"Volume {kept}", volume(kept)) for kept in VOLUMES)
    return Grids(grids, f"{_IMAGES} {CONVENTION}")


@figure("lie1-noise-and-volume", "20% noise beside less data", "lie1, figures 6 and 9")
def noise_beside_volume(measured: StoredMeasurements) -> Grids:
    """Draw the relative matrices that the source sets side by side."""
    shown = {"20% noise": noise("0.2"), "Volume 0.4": volume("0.4"), "Volume 0.8": volume("0.8")}
    grids = stored(partial(_relative, measured, title, condition) for title, condition in shown.items())
    return Grids(grids, f"{_IMAGES} {CONVENTION}")


@figure("lie1-bird", "Birds seen as birds, against noise and volume", "lie1, figure 8")
def bird(measured: StoredMeasurements) -> Lines:
    """Draw one cell of the relative matrix as two curves."""
    by_noise = stored(partial(_bird, measured, percent(level), noise(level)) for level in LEVELS)
    by_volume = stored(
        partial(_bird, measured, percent(level), "clean" if level == "0" else f"reduce:{level}")
        for level in ("0", "0.2", "0.4", "0.6", "0.8", "0.9")
    )
    panels = [
        Panel("Label noise", [response(DAMAGE_NAMES["noise"], "noise", by_noise)]),
        Panel("Records taken away", [response(DAMAGE_NAMES["less"], "less", by_volume)]),
    ]
    return Lines(panels, "% of the training set", "change of {bird, bird}, images in 1,000")


def _bird(measured: StoredMeasurements, level: float, condition: str) -> Level:
    after, clean = measured.available(MODEL, condition), measured.available(MODEL)
    if condition == "clean":
        return Level(level, without_interval(0.0))
    return Level(level, rate_change(after.recall("bird"), clean.recall("bird")).scaled(1000))


@figure("lie1-classes", "TPR of each class against noise, and against as much less data", "ours, for lie1's text")
def classes(measured: StoredMeasurements) -> Lines:
    """Draw a panel for each class: the response to damage depends on the class."""
    panels = stored(partial(_class_panel, measured, name) for name in CIFAR10)
    return Lines(panels, "% of the records damaged or taken away", "TPR, %")


def _class_panel(measured: StoredMeasurements, name: str) -> Panel:
    return Panel(name, stored(partial(_class_curve, measured, name, tone) for tone in DAMAGES))


def _class_curve(measured: StoredMeasurements, name: str, tone: str) -> Curve:
    damaged = [partial(_tpr, measured, name, percent(level), DAMAGES[tone](level)) for level in NOISES]
    return response(DAMAGE_NAMES[tone], tone, beside(partial(_tpr, measured, name, 0, "clean"), damaged))


def _tpr(measured: StoredMeasurements, name: str, level: float, condition: str) -> Level:
    return Level(level, rate(measured.available(MODEL, condition).recall(name)).scaled(100))


@figure("lie1-ranked", "The classes, the least accurate first", "lie1, figure 10")
def ranked(measured: StoredMeasurements) -> Table:
    """Rank the classes by TPR in three conditions."""
    shown = {"clean": "clean", "30% noise": noise("0.3"), "volume 0.1": volume("0.1")}
    columns = stored(partial(_ranking, measured, title, condition) for title, condition in shown.items())
    rows = [[str(place + 1), *(names[place] for _, names in columns)] for place in range(len(CIFAR10))]
    note = f"{RANKED} Published: cat, dog and deer are the least accurate on clean data."
    return Table(["rank", *(title for title, _ in columns)], rows, note)


def _ranking(measured: StoredMeasurements, title: str, condition: str) -> tuple[str, list[str]]:
    return title, ranking(measured.recalls(MODEL, condition), CIFAR10)
