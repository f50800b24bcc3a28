"""The poisoning study: accuracy against the percentage of wrong labels, on four data sets."""

from __future__ import annotations

from functools import partial

import numpy as np

from dqsuite.charts.figures import Curve, Lines, Panel, Point
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.sources.drawing import DATA_NAMES, Level, beside, response, stored
from dqsuite.sources.poisoning.claims import EASIEST_FIRST, MODEL, SMALL
from dqsuite.sources.poisoning.published import POISONING
from dqsuite.sources.sketch import figure

PERCENTS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 35, 40, 50, 55, 60, 65, 70, 75, 80, 85, 90, 100)
_KINDS = {
    "wrong": ("random", "less"),
    "biased": ("biased", "noise"),
    "first_wrong": ("first class", "first"),
}
_PUBLISHED = {"wrong": ("random, published", "published-less"), "biased": ("biased, published", "published")}
_NOTE = "Best epoch, as the source's program keeps it. {}. Dashed: read off the author's plots, ± 1.5 points, one run."
_ABOUT = {
    "random": "Random: any wrong class",
    "biased": "biased: one of the first two classes, as the program does",
    "first class": "first class: as the article says",
}


@figure("poisoning-all", "Accuracy with wrong labels, all items", "poisoning, first figure")
def all_items(measured: StoredMeasurements) -> Lines:
    """Draw a panel for each data set."""
    return _panels(measured, "all")


@figure("poisoning-small", "Accuracy with wrong labels, the first 1,000 items", "poisoning, second figure")
def thousand_items(measured: StoredMeasurements) -> Lines:
    """Draw a panel for each data set."""
    return _panels(measured, "1,000")


def _panels(measured: StoredMeasurements, items: str) -> Lines:
    panels = stored(partial(_panel, measured, items, data) for data in EASIEST_FIRST)
    drawn = dict.fromkeys(curve.name for panel in panels for curve in panel.curves)
    about = "; ".join(words for name, words in _ABOUT.items() if name in drawn)
    return Lines(panels, "% of the labels wrong", "accuracy, %", _NOTE.format(about))


def _panel(measured: StoredMeasurements, items: str, data: str) -> Panel:
    ours = stored(partial(_ours, measured, items, data, kind) for kind in _KINDS)
    theirs = [_theirs(items, data, kind) for kind in _PUBLISHED]
    return Panel(DATA_NAMES[data], [*ours, *theirs])


def _ours(measured: StoredMeasurements, items: str, data: str, kind: str) -> Curve:
    start = SMALL if items == "1,000" else ""
    wrong = [partial(_point, measured, data, start, kind, percent) for percent in PERCENTS]
    levels = beside(lambda: Level(0, measured.accuracy(MODEL, start or "clean", data=data)), wrong)
    return response(*_KINDS[kind], levels)


def _point(measured: StoredMeasurements, data: str, start: str, kind: str, percent: int) -> Level:
    condition = "+".join(filter(None, [start, f"{kind}:{percent / 100:g}"]))
    return Level(percent, measured.accuracy(MODEL, condition, data=data), _wrong(measured, data, condition))


def _wrong(measured: StoredMeasurements, data: str, condition: str) -> str:
    rates = [manifest.effective_rate for manifest in measured.manifests(MODEL, condition, data=data)]
    return f"{100 * np.mean(rates):.1f}% wrong"


def _theirs(items: str, data: str, kind: str) -> Curve:
    name, tone = _PUBLISHED[kind]
    return Curve(name, tone, [Point(percent, accuracy) for percent, accuracy in POISONING[items, kind][data].items()])
