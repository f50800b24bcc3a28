"""Every figure as SVG and PNG, every table as CSV: for a talk or another program."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dqsuite.charts.figures import Body, Dots, Figure, Gallery, Grid, Grids, Lines, Table
from dqsuite.charts.numbers import fixed
from dqsuite.core.errors import DqError
from dqsuite.report import studies
from dqsuite.report.page import Page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

_COLOURS = {
    "noise": "#b3321f",
    "less": "#1f5f99",
    "first": "#1b7a5a",
    "second": "#7d55a3",
    "third": "#8a6400",
    "plain": "#5f5e59",
    "published": "#b3321f",
    "published-less": "#1f5f99",
}
_DASHED = ("published", "published-less")
_COLUMNS = 4  # panels in a row
_DPI = 150
_SOFT = "#5f5e59"


def export(page: Page, folder: Path) -> list[Path]:
    """Write every figure of a page into a folder, and return the paths.

    Raises
    ------
    DqError
        The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [path for figure in figures_of(page) for path in _write(figure, folder)]
    except OSError as error:
        raise DqError(
            f"cannot write figures to {folder} ({error.strerror})", "name a folder that you can write"
        ) from error


def figures_of(page: Page) -> Iterator[Figure]:
    """Yield the figures of the sources, then those of the other studies."""
    for section in page.sources:
        yield from section.drawn
    for number, study in enumerate(page.studies, 1):
        for model in study.models:
            key = f"{number}-{study.card.name}-{model}"
            yield Figure(f"{key}-accuracy", f"{model}: accuracy by condition", "", studies.chart(study, model))
            yield Figure(f"{key}-training", f"{model}: accuracy by epoch", "", studies.training(study, model))
            for condition in studies.conditions(study, model):
                yield Figure(f"{key}-{condition.name}", f"{model}, {condition.name}", "", condition.body)


def _write(figure: Figure, folder: Path) -> Iterator[Path]:
    name = re.sub(r"[^A-Za-z0-9.-]+", "_", figure.key)[:100]
    for suffix, table in _tables(figure.body):
        path = folder / f"{name}{suffix}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([table.columns, *table.rows])
        yield path
    if isinstance(figure.body, Table):
        return
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": name, "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        canvas = _drawn(figure)
        for kind, metadata in (("svg", {"Date": None}), ("png", {})):
            path = folder / f"{name}.{kind}"
            canvas.savefig(path, dpi=_DPI, metadata=metadata)
            yield path


def _tables(body: Body) -> Iterator[tuple[str, Table]]:
    """Yield the tables behind a figure, with what is added to their names; numbers have all their digits."""
    if isinstance(body, Table):
        yield "", body
    elif isinstance(body, Dots):
        rows = [[row.name, *_plain(row.value, row.low, row.high, row.published)] for row in body.rows]
        yield "", Table(["name", body.label, "from", "to", "published"], rows)
    elif isinstance(body, Lines):
        rows = [
            [panel.title, curve.name, *_plain(each.x, each.y, each.low, each.high), each.note]
            for panel in body.panels
            for curve in panel.curves
            for each in curve.points
        ]
        yield "", Table(["panel", "curve", body.x_label, body.y_label, "from", "to", "note"], rows)
    elif isinstance(body, Grids):
        for number, grid in enumerate(body.grids, 1):
            rows = [[name, *_plain(*map(float, row))] for name, row in zip(grid.rows, grid.values, strict=True)]
            yield f"-{number}", Table([f"{grid.title}; {grid.row_axis} by {grid.column_axis}", *grid.columns], rows)


def _plain(*values: float) -> list[str]:
    return ["" if math.isnan(value) else repr(float(value)) for value in values]


def _drawn(figure: Figure) -> Canvas:
    """Draw a figure on a canvas of its own, which no window and no global state knows of."""
    body = figure.body
    if isinstance(body, Lines):
        canvas, frames = _canvas(len(body.panels), 3.1, 2.5, share=True)
        for panel, frame in zip(body.panels, frames, strict=False):
            _panel(panel, frame, body)
        handles = {name: handle for frame in frames for handle, name in zip(*_legend(frame), strict=True)}
        canvas.legend(handles.values(), handles, loc="outside lower center", ncols=5, frameon=False)
    elif isinstance(body, Dots):
        canvas, frames = _canvas(1, 6, 0.9 + 0.25 * len(body.rows))
        _dots(body, frames[0])
    elif isinstance(body, Grids):
        canvas, frames = _canvas(len(body.grids), 5.2, 4.6, columns=2)
        for grid, frame in zip(body.grids, frames, strict=False):
            _grid(grid, body.top(grid), frame)
    else:
        assert isinstance(body, Gallery)  # a table has no drawing
        canvas = _gallery(body)
    canvas.suptitle(" – ".join(filter(None, [figure.title, figure.redraws])), fontsize=11)
    return canvas


def _canvas(
    count: int, width: float, height: float, *, columns: int = _COLUMNS, share: bool = False
) -> tuple[Canvas, Sequence[Axes]]:
    from matplotlib.figure import Figure as Canvas

    columns = min(columns, count)
    rows = math.ceil(count / columns)
    canvas = Canvas(figsize=(width * columns, height * rows + 0.5), layout="constrained")
    frames = canvas.subplots(rows, columns, squeeze=False, sharex=share, sharey=share).ravel()
    for unused in frames[count:]:
        unused.remove()
    return canvas, list(frames[:count])


def _legend(frame: Axes) -> tuple[list[Any], list[str]]:
    handles, names = frame.get_legend_handles_labels()
    return list(handles), list(names)


def _panel(panel: Any, frame: Axes, body: Lines) -> None:  # noqa: ANN401
    for curve in panel.curves:
        x, y, low, high = ([getattr(point, name) for point in curve.points] for name in ("x", "y", "low", "high"))
        colour, style = _COLOURS[curve.tone], "--" if curve.tone in _DASHED else "-"
        few = "o" if len(x) <= 30 else ""
        frame.plot(
            x,
            y,
            color=colour,
            linestyle=style,
            marker=few,
            markersize=3,
            fillstyle="none" if style == "--" else "full",
            label=curve.name,
        )
        frame.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0)
    if panel.between and len(panel.curves) > 1:
        one, two = panel.curves[:2]
        frame.fill_between(
            [point.x for point in one.points],
            [p.y for p in one.points],
            [p.y for p in two.points],
            color="#b3321f",
            alpha=0.18,
        )
    frame.set(title=panel.title, xlabel=body.x_label, ylabel=body.y_label)
    frame.grid(axis="y", alpha=0.3)


def _dots(body: Dots, frame: Axes) -> None:
    for place, row in enumerate(reversed(body.rows)):
        frame.plot([row.low, row.high], [place, place], color=_COLOURS["noise"], linewidth=2)
        frame.plot(row.value, place, "o", color=_COLOURS["noise"])
        frame.plot(row.published, place, "o", markerfacecolor="none", markeredgecolor="black", markersize=8)
    frame.set(yticks=range(len(body.rows)), yticklabels=[row.name for row in reversed(body.rows)], xlabel=body.label)
    frame.grid(axis="x", alpha=0.3)


def _grid(grid: Grid, top: float, frame: Axes) -> None:
    from matplotlib.colors import LinearSegmentedColormap, PowerNorm, SymLogNorm

    if grid.signed:
        colours = LinearSegmentedColormap.from_list("signed", ["#a63603", "#ffffff", "#084594"])
        norm: Any = SymLogNorm(linthresh=top / 10, vmin=-top, vmax=top)
    else:
        colours = LinearSegmentedColormap.from_list("counts", ["#ffffff", "#084594"])
        norm = PowerNorm(0.5, vmin=0, vmax=top)
    frame.imshow(grid.values, cmap=colours, norm=norm, aspect="auto")
    for (down, across), value in np.ndenumerate(grid.values):
        dark = abs(float(value)) > 0.4 * top
        text = fixed(float(value), grid.digits, signed=grid.signed)
        frame.text(across, down, text, ha="center", va="center", fontsize=6.5, color="white" if dark else "black")
    frame.set_xticks(range(len(grid.columns)), grid.columns, rotation=90)
    frame.set_yticks(range(len(grid.rows)), grid.rows)
    frame.set(title=grid.title, xlabel=grid.column_axis, ylabel=grid.row_axis)


def _gallery(body: Gallery) -> Canvas:
    from matplotlib.figure import Figure as Canvas

    longest = max(map(len, body.rows.values()))
    canvas = Canvas(figsize=(1.1 * longest, 1.5 * len(body.rows) + 0.5), layout="constrained")
    frames = canvas.subplots(len(body.rows), longest, squeeze=False)
    for frame in frames.ravel():
        frame.axis("off")
    for line, (name, pictures) in zip(frames, body.rows.items(), strict=True):
        for frame, picture in zip(line, pictures, strict=False):
            frame.imshow(picture.image.squeeze(), cmap="gray" if picture.image.shape[-1] == 1 else None)
            frame.set_title(picture.text or name, fontsize=7)
    return canvas
