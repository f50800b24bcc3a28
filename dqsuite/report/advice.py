"""What the page shows of an advice: sentences, curves of classes, pairs of classes, the axis of damage."""

from __future__ import annotations

import numpy as np

from dqsuite.advice.advice import Advice
from dqsuite.advice.lookalikes import LookAlike, LookAlikes
from dqsuite.advice.sensitivity import Sensitivity
from dqsuite.advice.words import sentences
from dqsuite.advice.worth import MOST, Worth
from dqsuite.charts.figures import Body, Curve, Dots, Lines, Panel, Point, Row, Table
from dqsuite.charts.numbers import ends, percent, points
from dqsuite.statistics.estimate import Interval

_CLASSES = 6  # whose curves are drawn
_PAIRS = 15  # in the table
_STEPS = 25  # of a drawn curve


def said(found: Advice) -> list[str]:
    """Return the answers in sentences."""
    return sentences(found)


def figures(found: Advice) -> list[tuple[str, Body]]:
    """Return titles and figures, in the order of the answers."""
    shown: list[tuple[str, Body]] = [
        (f"{found.model}: recall lost to {each.damage}, the most sensitive classes", _classes(each))
        for each in found.sensitivities
    ]
    if found.look_alikes:
        shown.append((f"{found.model}: pairs of classes, the most alike first", _pairs(found.look_alikes)))
    if found.worth:
        shown.append((f"{found.model}: accuracy by the number of clean records", _curve(found.worth)))
    if found.worth and found.worth.damages:
        shown.append((f"{found.model}: what damage leaves of the data", _axis(found.worth)))
    return shown


def _classes(found: Sensitivity) -> Lines:
    panels = [
        Panel(
            each.name,
            [Curve("recall lost", "noise", [_point(100 * dose, lost, 100) for dose, lost in each.curve.items()])],
        )
        for each in found.classes[:_CLASSES]
    ]
    left = len(found.classes) - len(panels)
    note = f"{left} less sensitive classes are not drawn." if left else ""
    return Lines(
        panels, f"{found.damage}, %", "recall lost, points; the intervals cover all classes and doses at once", note
    )


def _pairs(found: LookAlikes) -> Table:
    columns = [
        "classes",
        "look-alikeness",
        "confusion, clean",
        "growth when aimed at",
        "direction",
        "merging gains",
        "advice",
    ]
    note = (
        "Confusion: the share of each class's test images that is taken for the other, both ways together: 1 of "
        "a coin. Look-alikeness: its mean on clean labels and with labels swapped in the pair. Direction: the first is "
        "taken for the second more than the other way. Merging: points of accuracy, the two scored as one class. "
        "Intervals cover all pairs at once (95%)."
    )
    return Table(columns, [_pair(each) for each in found.pairs[:_PAIRS]], note)


def _pair(found: LookAlike) -> list[str]:
    merged = f"{points(found.merged.gain.mean)} ({ends(found.merged.gain, points)})" if found.merged else "not tried"
    numbers = [_two(each) for each in (found.alikeness, found.confusion, found.growth, found.direction)]
    return [f"{found.names[0]}, {found.names[1]}", *numbers, merged, f"{found.advice}: {found.reason}"]


def _curve(found: Worth) -> Lines:
    curve = found.curve
    fitted = [
        _point(size, curve.predict(size), 100) for size in np.geomspace(curve.sizes[0], 2 * curve.sizes[-1], _STEPS)
    ]
    measured = [_point(size, each, 100) for size, each in zip(curve.sizes, curve.measured, strict=True)]
    bad = f" It fits badly: it misses by up to {100 * curve.misfit:.1f} points." if curve.bad_fit else ""
    note = f"A power law with an offset, drawn up to twice the records.{bad}"
    return Lines(
        [Panel("accuracy", [Curve("fitted", "less", fitted), Curve("measured", "noise", measured)])],
        "clean records",
        "accuracy, %",
        note,
    )


def _axis(found: Worth) -> Dots:
    rows = [
        Row(f"{each.condition}, {percent(each.accuracy.mean)}", *(100 * min(end, MOST) for end in each.fraction[:3]))
        for each in found.damages
    ]
    return Dots(rows, "effective data fraction, %: the clean data that give the same accuracy")


def _point(place: float, found: Interval, factor: float) -> Point:
    return Point(float(place), factor * found.mean, factor * found.low, factor * found.high)


def _two(found: Interval) -> str:
    return f"{found.mean:.2f} ({found.low:.2f} to {found.high:.2f})".replace("-", "\N{MINUS SIGN}")
