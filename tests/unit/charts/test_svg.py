from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from dqsuite.charts import style, svg
from dqsuite.charts.axes import Axis, span
from dqsuite.charts.figures import Curve, Dots, Lines, Panel, Point, Row

NAN = float("nan")
LINES = Lines(
    [
        Panel("one", [Curve("noise", "noise", [Point(0, 80, 79, 81), Point(10, 70, 65, 75), Point(30, 50)])]),
        Panel("<two>", [Curve("less", "less", [Point(0, 80), Point(30, NAN)])]),
    ],
    "level",
    "accuracy, %",
)


def places(drawing, kind, tone):
    """Return where the corners of a path, or the centres of circles, lie."""
    drawing = drawing.parts
    if kind == "dot":
        return [
            tuple(map(float, pair)) for pair in re.findall(rf'class="dot {tone}" cx="([\d.]+)" cy="([\d.]+)"', drawing)
        ]
    path = re.search(rf'class="{kind} {tone}" d="([^"]*)"', drawing)[1]
    return [tuple(map(float, pair.split())) for pair in re.findall(r"[\d.]+ [\d.]+", path)]


def test_a_curve_is_drawn_to_scale():
    (_, drawing), _ = svg.lines(LINES)
    (x0, y80), (x10, y70), (x30, y50) = places(drawing, "line", "noise")
    assert (x10 - x0) * 2 == pytest.approx(x30 - x10, abs=0.3)
    assert (y70 - y80) * 2 == pytest.approx(y50 - y70, abs=0.3)
    assert y80 < y50
    assert places(drawing, "dot", "noise") == [(x0, y80), (x10, y70), (x30, y50)]


def test_a_band_reaches_from_end_to_end_of_the_intervals():
    (_, drawing), _ = svg.lines(LINES)
    (_, y80), (_, y70), (_, y50) = places(drawing, "line", "noise")
    pixels = (y50 - y80) / 30
    tops = [y for _, y in places(drawing, "band", "noise")]
    assert tops == pytest.approx([y80 - pixels, y70 - 5 * pixels, y70 + 5 * pixels, y80 + pixels], abs=0.3)


def test_the_band_of_all_points_is_lighter_and_does_not_stretch_the_axis():
    def drawn(least, most):
        points = [Point(0, 80, 79, 81, "", least, most), Point(10, 70, 65, 75, "", 50, 90)]
        ((_, drawing),) = svg.lines(Lines([Panel("", [Curve("noise", "noise", points)])], "level", "points"))
        return drawing

    one, other = drawn(78, 82), drawn(-1000, 1000)
    assert places(one, "line", "noise") == places(other, "line", "noise")
    tops = [y for _, y in places(one, "band wide", "noise")]
    assert tops[0] < places(one, "band", "noise")[0][1]
    assert min(y for _, y in places(other, "band wide", "noise")) >= 0
    assert ".band.wide{opacity:.08}" in style.page()


def test_panels_share_their_axes_and_what_is_not_measured_is_not_drawn():
    (_, one), (title, other) = svg.lines(LINES)
    assert title == "<two>"
    assert places(other, "dot", "less") == places(one, "dot", "noise")[:1]
    assert re.findall(r'class="rule" d="M[\d.]+ ([\d.]+)', one.parts) == re.findall(
        r'class="rule" d="M[\d.]+ ([\d.]+)', other.parts
    )


def test_the_distance_of_two_curves_is_shaded_where_both_were_measured():
    one, other = ([Point(0, 80), Point(10, nan), Point(20, 60)] for nan in (NAN, 70))
    curves = [Curve("noise", "noise", one), Curve("less", "less", other)]
    ((_, drawing),) = svg.lines(Lines([Panel("", curves, between=True)], "level", "accuracy, %"))
    assert "nan" not in drawing.parts
    assert len(re.findall(r"[ML]", re.search(r'class="gap" d="([^"]*)Z"', drawing.parts)[1])) == 5


def test_drawings_are_well_formed_and_have_a_text_alternative():
    dots = svg.dots(Dots([Row("a<b", 1, 0.5, 1.5, 2), Row("c", 3)], "accuracy, %"))
    for drawing in (dots, *(drawn for _, drawn in svg.lines(LINES))):
        root = ET.fromstring(drawing.__html__())
        assert root.get("role") == "img"
        assert root.get("aria-label") == root.find("title").text != ""


def test_dots_are_drawn_to_scale():
    drawing = svg.dots(Dots([Row("a", 1, 0, 2, 3), Row("b", 2)], "accuracy"))
    (first, _), (second, _) = places(drawing, "dot", "noise")
    low, high = map(float, re.search(r'class="line noise thick" d="M([\d.]+) [\d.]+H([\d.]+)"', drawing.parts).groups())
    ring = float(re.search(r'class="ring" cx="([\d.]+)"', drawing.parts)[1])
    unit = second - first
    assert [low, high, ring] == pytest.approx([first - unit, second, first + 2 * unit], abs=0.2)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (0.61, 0.89, [0.65, 0.7, 0.75, 0.8, 0.85]),
        (-3, 1, [-3, -2, -1, 0, 1]),
        (0, 30, [0, 10, 20, 30]),
    ],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert Axis(low, high, 0, 100).ticks() == pytest.approx(ticks)


@pytest.mark.parametrize("values", [[], [NAN], [5], [0], [1, 2]])
def test_a_span_is_never_empty(values):
    low, high = span(values)
    assert low < high
