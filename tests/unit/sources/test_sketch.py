from __future__ import annotations

from dataclasses import replace

import full_study
import pytest

from dqsuite.charts.figures import Curve, Dots, Figure, Lines, Panel, Point, Row
from dqsuite.claims.measurements import in_each_precision
from dqsuite.experiment.store import Store
from dqsuite.results.reader import Reader
from dqsuite.sources.lie3.figures import accuracy
from dqsuite.sources.sketch import Missing, Sketch, drawn

CELLS = [cell for cell in full_study.cells_of_claims(ids=["lie3-noise-hurts-more"]) if cell.model == "lenet"]


def views(store, precision="any"):
    return in_each_precision(Reader(store, pytest.fail, precision), "full")


def test_a_figure_takes_the_precision_with_most_of_it_and_says_so(tmp_path):
    store = Store(tmp_path)
    full_study.fill(store, CELLS, per_class=5)
    (only,) = views(store)
    assert drawn(accuracy, [only]).redraws == "lie3, figure 1"
    full_study.fill(store, [replace(cell, precision="bf16") for cell in CELLS[:10]], per_class=5)
    both = views(store)
    assert [view.selection.precision for view in both] == ["fp32", "bf16"]
    assert drawn(accuracy, both).redraws == "lie3, figure 1; trained in fp32"
    assert len(both[0].used) == len(CELLS)
    assert not both[1].used


def test_a_reader_of_one_precision_shows_no_other(tmp_path):
    store = Store(tmp_path)
    full_study.fill(store, CELLS, per_class=5)
    (other,) = views(store, "bf16")
    assert isinstance(drawn(accuracy, [other]), Missing)


def figure(body):
    return Sketch("a", "Title", "made, figure 1", lambda measured: body)


def curve(count, tone="less"):
    return Curve("one", tone, [Point(x, x) for x in range(count)])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (Lines([Panel("", [curve(3)])], "", ""), ""),
        (Lines([Panel("", [curve(1)]), Panel("", [curve(3)])], "", ""), ""),
        (Lines([Panel("", [curve(2)])], "", ""), "fewer than 3 points of a curve are stored"),
        (Lines([Panel("", [curve(2), curve(9, "published")])], "", ""), ""),
        (Lines([Panel("", [curve(1), curve(9, "published")])], "", ""), "fewer than 2 points of a curve are stored"),
        (Lines([], "", ""), "fewer than 3 points of a curve are stored"),
        (Dots([Row("a", 1.0), Row("b", 1.0)], ""), ""),
        (Dots([Row("a", 1.0)], ""), "of its values a alone is stored"),
    ],
)
def test_a_figure_of_a_single_value_is_not_drawn(body, reason):
    found = drawn(figure(body), [None])
    assert found == (
        Missing("Title (made, figure 1)", reason) if reason else Figure("a", "Title", "made, figure 1", body)
    )
