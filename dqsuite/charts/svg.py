"""Curves, dots and bars as SVG: it is the same in the page and in a file; the colours come from a style sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from dqsuite.charts.axes import Axis, span
from dqsuite.charts.drawing import Drawing, joined, words
from dqsuite.charts.figures import Curve, Dots, Lines, Panel, Point, Row
from dqsuite.charts.numbers import alike, fixed, short
from dqsuite.charts.text import fitted
from dqsuite.statistics.verdict import Verdict

_WIDTH, _HEIGHT = 270, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 10, 10, 34
_DOTS_WIDTH, _DOTS_LEFT, _ROW = 560, 180, 26
_BAR_WIDTH, _BAR_HEIGHT = 150, 18


def lines(figure: Lines) -> list[tuple[str, Drawing]]:
    """Return the title and the drawing of each panel; all panels share both axes."""
    points = [each for panel in figure.panels for curve in panel.curves for each in curve.points]
    low, high = span(value for each in points for value in (each.y, each.low, each.high))
    if "%" in figure.y_label:
        low, high = max(low, 0.0), min(high, 100.0)
    x = Axis(*span((each.x for each in points), room=0.02), _LEFT, _WIDTH - _RIGHT)
    y = Axis(low, high, _HEIGHT - _BOTTOM, _TOP)
    return [(panel.title, _panel(panel, figure, x, y)) for panel in figure.panels]


def _panel(panel: Panel, figure: Lines, x: Axis, y: Axis) -> Drawing:
    parts = [_frame(x, y, figure.x_label)]
    if panel.between and len(panel.curves) > 1:
        parts.append(_between(panel.curves[0], panel.curves[1], x, y))
    parts += [_curve(curve, x, y) for curve in panel.curves]
    names = ", ".join(curve.name for curve in panel.curves)
    title = f"{panel.title}: {figure.y_label} against {figure.x_label}; {names}"
    return Drawing(_WIDTH, _HEIGHT, title, joined(parts))


def _frame(x: Axis, y: Axis, label: str) -> Markup:
    rule = Markup('<path class="rule" d="M{} {:.1f}H{}"/>')
    parts = [rule.format(x.start, y.at(tick), x.end) for tick in y.ticks()]
    parts += [words(x.start - 5, y.at(tick) + 4, fixed(tick, 3), "end") for tick in y.ticks()]
    parts += [words(x.at(tick), y.start + 15, fixed(tick, 3), "mid") for tick in x.ticks()]
    return joined([*parts, words((x.start + x.end) / 2, y.start + 30, label, "mid axis")])


def _curve(curve: Curve, x: Axis, y: Axis) -> Markup:
    points = [each for each in curve.points if math.isfinite(each.y)]
    band = [each for each in points if math.isfinite(each.low)]
    wide = [(each.x, max(each.least, y.low), min(each.most, y.high)) for each in band if math.isfinite(each.least)]
    parts = [
        _band([(each.x, each.low, each.high) for each in band], curve.tone, x, y),
        _band(wide, f"wide {curve.tone}", x, y),
    ]
    parts += [_whisker(each, curve.tone, x, y) for each in band if len(band) == 1]
    if len(points) > 1:
        corners = [(each.x, each.y) for each in points]
        parts.append(Markup('<path class="line {}" d="{}"/>').format(curve.tone, _path(corners, x, y)))
    if len(points) <= 30:
        dot = Markup('<circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="2.2"/>')
        parts += [dot.format(curve.tone, x.at(each.x), y.at(each.y)) for each in points]
    return joined(parts)


def _band(ends: Sequence[tuple[float, float, float]], kind: str, x: Axis, y: Axis) -> Markup:
    """Return the space between the lower and the upper ends of intervals at two places or more."""
    if len(ends) < 2:
        return Markup("")
    edge = [(place, high) for place, _, high in ends] + [(place, low) for place, low, _ in reversed(ends)]
    return Markup('<path class="band {}" d="{}Z"/>').format(kind, _path(edge, x, y))


def _whisker(each: Point, tone: str, x: Axis, y: Axis) -> Markup:
    place, low, high = x.at(each.x), y.at(each.low), y.at(each.high)
    return Markup('<path class="line {}" d="M{:.1f} {:.1f}V{:.1f}"/>').format(tone, place, low, high)


def _between(one: Curve, other: Curve, x: Axis, y: Axis) -> Markup:
    points = [each for each in (*one.points, *reversed(other.points)) if math.isfinite(each.y)]
    edge = [(each.x, each.y) for each in points]
    return Markup('<path class="gap" d="{}Z"/>').format(_path(edge, x, y))


def _path(corners: Iterable[tuple[float, float]], x: Axis, y: Axis) -> str:
    return "M" + "L".join(f"{x.at(across):.1f} {y.at(up):.1f}" for across, up in corners)


def dots(figure: Dots) -> Drawing:
    """Return a drawing with a line for each row: ours with its interval, the published value as a ring."""
    values = [value for row in figure.rows for value in (row.value, row.low, row.high, row.published)]
    x = Axis(*span(values), _DOTS_LEFT, _DOTS_WIDTH - 20)
    height = _ROW * len(figure.rows) + 40
    bottom = height - 36
    rule = Markup('<path class="rule" d="M{:.1f} 4V{}"/>')
    parts = [rule.format(x.at(tick), bottom) for tick in x.ticks(6)]
    parts += [words(x.at(tick), bottom + 15, fixed(tick, 3), "mid") for tick in x.ticks(6)]
    parts.append(words((x.start + x.end) / 2, bottom + 31, figure.label, "mid axis"))
    parts += [_row(row, _ROW * number + 18, x) for number, row in enumerate(figure.rows)]
    title = f"{figure.label} of {len(figure.rows)} rows; the numbers follow in a table"
    return Drawing(_DOTS_WIDTH, height, title, joined(parts))


def _row(row: Row, middle: float, x: Axis) -> Markup:
    parts = [words(_DOTS_LEFT - 12, middle + 4, fitted(row.name, _DOTS_LEFT - 12), "end name")]
    if math.isfinite(row.low):
        path = f"M{x.at(row.low):.1f} {middle}H{x.at(row.high):.1f}"
        parts.append(Markup('<path class="line noise thick" d="{}"/>').format(path))
    if math.isfinite(row.published):
        ring = Markup('<circle class="ring" cx="{:.1f}" cy="{}" r="4.5"/>')
        parts.append(ring.format(x.at(row.published), middle))
    if math.isfinite(row.value):
        parts.append(Markup('<circle class="dot noise" cx="{:.1f}" cy="{}" r="4"/>').format(x.at(row.value), middle))
    return joined(parts)


def bar(verdict: Verdict) -> Markup:
    """Return a small drawing of the interval that decides against the bounds that the finding claims.

    The claimed side is tinted, its bounds are upright lines; where the finding sets none, the line is 0.
    """
    if verdict.effect is None or not (has_interval(verdict) or has_bounds(verdict)):
        return Markup("")
    bounds = [bound for bound in (verdict.above, verdict.below) if bound is not None]
    numbers = [verdict.effect, *(end for end in (verdict.low, verdict.high) if end is not None), *(bounds or [0.0])]
    x = Axis(*span(numbers, room=0.18), 1, _BAR_WIDTH - 1)
    middle = _BAR_HEIGHT / 2
    parts = []
    if bounds:
        left = x.at(verdict.above) if verdict.above is not None else x.start
        right = x.at(verdict.below) if verdict.below is not None else x.end
        tint = Markup('<rect class="claimed" x="{:.1f}" y="0" width="{:.1f}" height="{}"/>')
        parts.append(tint.format(left, right - left, _BAR_HEIGHT))
    upright = Markup('<path class="bound" d="M{:.1f} 0V{}"/>')
    parts += [upright.format(x.at(bound), _BAR_HEIGHT) for bound in bounds or [0.0]]
    if verdict.low is not None and verdict.high is not None:
        span_of = f"M{x.at(verdict.low):.1f} {middle}H{max(x.at(verdict.high), x.at(verdict.low) + 1):.1f}"
        parts.append(Markup('<path class="interval" d="{}"/>').format(span_of))
    parts.append(Markup('<circle class="effect" cx="{:.1f}" cy="{}" r="3.6"/>').format(x.at(verdict.effect), middle))
    title = f"{describe(verdict)}; claimed: {claimed(verdict)}"
    return Drawing(_BAR_WIDTH, _BAR_HEIGHT, title, joined(parts), "bar").__html__()


def has_interval(verdict: Verdict) -> bool:
    """Tell whether the effect has an interval."""
    return verdict.low is not None and verdict.high is not None


def has_bounds(verdict: Verdict) -> bool:
    """Tell whether the finding sets a bound to the effect."""
    return verdict.above is not None or verdict.below is not None


def describe(verdict: Verdict) -> str:
    """Return the effect with its interval and unit in words."""
    if verdict.effect is None:
        return "no effect measured"
    unit = f" {verdict.unit}" if verdict.unit else ""
    if verdict.low is None or verdict.high is None:
        return f"{short(verdict.effect)}{unit}"
    effect, low, high = alike(verdict.effect, verdict.low, verdict.high)
    return f"{effect} ({low} to {high}){unit}"


def claimed(verdict: Verdict) -> str:
    """Return the bounds of the finding in words."""
    if verdict.above is not None and verdict.below is not None:
        return f"{short(verdict.above)} to {short(verdict.below)}"
    if verdict.above is not None:
        return f"above {short(verdict.above)}"
    return f"below {short(verdict.below)}" if verdict.below is not None else "no bound"
