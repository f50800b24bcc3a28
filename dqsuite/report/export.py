"""Every figure as SVG and PNG, every table as CSV: for a talk or another program."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Set
from itertools import count
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from dqsuite.charts import raster
from dqsuite.charts.figures import Body, Dots, Figure, Grid, Grids, Lines, Table
from dqsuite.charts.sheet import sheet
from dqsuite.core import escapes
from dqsuite.core.errors import DqError
from dqsuite.report import doses, studies
from dqsuite.report.page import Page


def export(page: Page, folder: Path) -> list[Path]:
    """Write every figure of a page into a folder, and return the paths.

    Raises
    ------
    DqError
        The folder cannot be written.
    """
    paths: dict[str, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for figure in figures_of(page):
            for name, content in _files(figure, paths.keys()):
                paths[name.casefold()] = folder / name
                (folder / name).write_bytes(content)
    except OSError as error:
        raise DqError(
            f"cannot write figures to {folder} ({error.strerror})", "name a folder that you can write"
        ) from error
    return list(paths.values())


def figures_of(page: Page) -> Iterator[Figure]:
    """Yield the figures of the sources, then those of the other studies."""
    for section in page.sources:
        yield from section.drawn
    for number, study in enumerate(page.studies, 1):
        for model in study.models:
            key, names = f"{number}-{study.card.name}-{model}", study.conditions(model)
            for series, body in doses.curves(study, model):
                yield Figure(f"{key}-{series}", f"{model}: accuracy and recall by level of {series}", "", body)
            if others := doses.alone(study, model):
                yield Figure(f"{key}-accuracy", f"{model}: accuracy by condition", "", others)
            yield Figure(f"{key}-training", f"{model}: accuracy by epoch", "", studies.training(study, model, names))
            for condition in studies.conditions(study, model, names):
                if condition.body:
                    yield Figure(f"{key}-{condition.name}", f"{model}, {condition.name}", "", condition.body)


def _files(figure: Figure, taken: Set[str]) -> list[tuple[str, bytes]]:
    """Return the files of a figure; their name has a number at its end where another figure's files have it."""
    contents = {f"{suffix}.csv": _csv(table) for suffix, table in _tables(figure.body)}
    if not isinstance(figure.body, Table):
        drawn = sheet(figure)
        contents[".svg"] = drawn.text.encode()
        contents[".png"] = raster.picture(drawn.text, drawn.width, drawn.height)
    cleaned = escapes.file_name(figure.key)
    names = (cleaned if number == 1 else f"{cleaned}-{number}" for number in count(1))
    free = next(name for name in names if not any(f"{name}{end}".casefold() in taken for end in contents))
    return [(f"{free}{end}", content) for end, content in contents.items()]


def _csv(table: Table) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([escapes.csv_cell(cell) for cell in row] for row in [table.columns, *table.rows])
    return text.getvalue().encode("utf-8", "replace")


def _tables(body: Body) -> Iterator[tuple[str, Table]]:
    """Yield the tables behind a figure, with what is added to their names; numbers have all their digits."""
    if isinstance(body, Table):
        yield "", body
    elif isinstance(body, Dots):
        rows = [[row.name, *_plain(row.value, row.low, row.high, row.published)] for row in body.rows]
        yield "", Table(["name", body.label, "from", "to", "published"], rows)
    elif isinstance(body, Lines):
        rows = [
            [
                *(panel.title, curve.name),
                *_plain(each.x, each.y, each.low, each.high, each.least, each.most),
                each.note,
            ]
            for panel in body.panels
            for curve in panel.curves
            for each in curve.points
        ]
        ends = ("from", "to", "all at once from", "all at once to")
        yield "", Table(["panel", "curve", body.x_label, body.y_label, *ends, "note"], rows)
    elif isinstance(body, Grids):
        for number, grid in enumerate(body.grids, 1):
            for name, values in {"": grid.values, "-from": grid.low, "-to": grid.high}.items():
                if values is not None:
                    yield f"-{number}{name}", _grid_table(grid, values)


def _grid_table(grid: Grid, values: NDArray[Any]) -> Table:
    rows = [[name, *_plain(*map(float, row))] for name, row in zip(grid.rows, values, strict=True)]
    return Table([f"{grid.title}; {grid.row_axis} by {grid.column_axis}", *grid.columns], rows)


def _plain(*values: float) -> list[str]:
    return ["" if math.isnan(value) else repr(float(value)) for value in values]
