"""What the templates ask for: figures as plain texts, shades and drawings, every number formatted here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup

from dqsuite.charts import style as drawing_style
from dqsuite.charts import svg
from dqsuite.charts.figures import Body, Dots, Grid, Grids, Lines, Point, Table, told
from dqsuite.charts.grids import TableCell, cells, surest
from dqsuite.charts.numbers import fixed
from dqsuite.charts.pictures import data_uri
from dqsuite.claims.measurements import ConditionSummary

bar, effect, lines, dots, picture, note = svg.bar, svg.describe, svg.lines, svg.dots, data_uri, told


@dataclass(frozen=True)
class GridRow:
    """A row of numbers."""

    name: str
    cells: Sequence[TableCell]


@dataclass(frozen=True)
class GridView:
    """A grid as texts; `turned` is the same with rows and columns swapped."""

    grid: Grid
    top: float

    @property
    def title(self) -> str:
        """What the grid shows."""
        return self.grid.title

    @property
    def turns(self) -> bool:
        """Whether the reader may swap rows and columns."""
        return self.grid.turns

    @property
    def row_axis(self) -> str:
        """What the rows are."""
        return self.grid.row_axis

    @property
    def column_axis(self) -> str:
        """What the columns are."""
        return self.grid.column_axis

    @property
    def columns(self) -> Sequence[str]:
        """The names of the columns."""
        return self.grid.columns

    @property
    def rows(self) -> Iterator[GridRow]:
        """The rows with their names."""
        for name, line in cells(self.grid, self.top):
            yield GridRow(name, line)

    @property
    def turned(self) -> GridView:
        """Rows as columns."""
        one = self.grid
        low, high = (None if each is None else each.T for each in (one.low, one.high))
        swapped = replace(one, rows=one.columns, columns=one.rows, values=one.values.T, low=low, high=high)
        return replace(self, grid=replace(swapped, row_axis=one.column_axis, column_axis=one.row_axis))


def kind(body: Body) -> str:
    """Return which kind of figure it is."""
    return type(body).__name__.lower()


def grids(body: Grids) -> list[GridView]:
    """Return the grids as texts, on a shared scale of shades."""
    return [GridView(grid, body.top(grid)) for grid in body.grids]


def numbers(body: Lines | Dots | Grids) -> Table:
    """Return the numbers of a drawing as a table of texts; of differences those that are beyond noise."""
    if isinstance(body, Grids):
        return _surest(body)
    if isinstance(body, Dots):
        rows = [[row.name, *(fixed(v, 2) for v in (row.value, row.low, row.high, row.published))] for row in body.rows]
        return Table(["", body.label, "from", "to", "published"], rows)
    rows = [
        [panel.title, curve.name, *(fixed(value, 3) for value in _of_point(each)), each.note]
        for panel in body.panels
        for curve in panel.curves
        for each in curve.points
    ]
    return Table(["panel", "curve", body.x_label, body.y_label, *_ENDS, "note"], rows)


_ENDS = ("from", "to", "all at once from", "to")


def _of_point(each: Point) -> tuple[float, ...]:
    return each.x, each.y, each.low, each.high, each.least, each.most


def _surest(body: Grids) -> Table:
    rows = [
        [grid.title, row, column, *(fixed(value, max(1, grid.digits), signed=True) for value in found)]
        for grid in body.grids
        for row, column, *found in surest(grid)
    ]
    (first, *_) = [grid for grid in body.grids if grid.judges()]
    return Table(["table", first.row_axis, first.column_axis, "difference", "from", "to"], rows)


def style() -> Markup:
    """Return the style sheet of the drawings and shades."""
    return Markup(drawing_style.page())


def condition(measured: ConditionSummary) -> list[str]:
    """Return what a condition came to: last epoch, interval, best epoch, gap, labels wrong, records, repeats."""
    last = measured.last
    ends = "one repeat" if math.isnan(last.low) else f"{last.low:.1f} to {last.high:.1f}"
    wrong = 100 * np.mean([manifest.effective_rate for manifest in measured.manifests])
    records = np.mean([manifest.records_after for manifest in measured.manifests])
    return [
        f"{last.mean:.1f}%",
        ends,
        f"{measured.best.mean:.1f}%",
        fixed(measured.gap, 1, signed=True),
        f"{wrong:.1f}%",
        f"{records:,.0f}",
        f"{measured.n}",
    ]
