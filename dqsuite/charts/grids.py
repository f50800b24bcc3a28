"""Tables of numbers: the text and the shade of each, and the same as SVG for a file; a page has them as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from dqsuite.charts.drawing import Drawing, joined, words
from dqsuite.charts.figures import Grid
from dqsuite.charts.numbers import fixed
from dqsuite.charts.shades import pale, shade
from dqsuite.charts.text import fitted, width

_NAME_ROOM = 160  # px, of the longest name
_NUMBER = 10  # px, the size of the numbers
_LEAST, _HEIGHT = 24, 20  # px, of a cell
_HEAD = 40  # px, title and name of the columns


@dataclass(frozen=True)
class TableCell:
    """A number in a table.

    Attributes
    ----------
    text : str
    shade : str
        The names of its shade and of its mark: ``sure`` for a difference whose interval excludes 0, else ``faint``.
    ends : str
        Its interval; empty where there is none.
    """

    text: str
    shade: str
    ends: str = ""


def cells(grid: Grid, top: float) -> Iterator[tuple[str, Sequence[TableCell]]]:
    """Yield the rows with their names; ``top`` is the number with the strongest shade."""
    unknown = np.full(np.shape(grid.values), np.nan)
    low, high = (unknown if each is None else each for each in (grid.low, grid.high))
    for name, *line in zip(grid.rows, grid.values, low, high, strict=True):
        yield name, [_cell(grid, top, *map(float, numbers)) for numbers in zip(*line, strict=True)]


def _cell(grid: Grid, top: float, value: float, low: float, high: float) -> TableCell:
    text = fixed(value, grid.digits, signed=grid.signed, trim=grid.digits < 2)  # rates compare best at equal length
    colour = shade(value, top, signed=grid.signed)
    if math.isnan(low):
        return TableCell(text, colour)
    ends = " to ".join(fixed(end, grid.digits, signed=grid.signed) for end in (low, high))
    if not grid.signed:
        return TableCell(text, colour, ends)
    if low > 0 or high < 0:
        return TableCell(text, f"{colour} sure", ends)
    return TableCell(text, f"{pale(colour)} faint", ends)


def surest(grid: Grid) -> list[tuple[str, str, float, float, float]]:
    """Return row, column, value and interval of the differences whose intervals exclude 0, the largest first."""
    if not grid.judges() or grid.low is None or grid.high is None:
        return []
    found = [
        (grid.rows[at], grid.columns[to], *(float(each[at, to]) for each in (grid.values, grid.low, grid.high)))
        for at, to in np.argwhere((grid.low > 0) | (grid.high < 0))
    ]
    return sorted(found, key=lambda each: -abs(each[2]))


def grid_drawing(grid: Grid, top: float) -> Drawing:
    """Return a grid as a drawing: rows and columns named, longer names cut short."""
    rows = list(cells(grid, top))
    across = max((width(cell.text, _NUMBER) for _, line in rows for cell in line), default=0) + 8
    across = math.ceil(max(across, _LEAST))
    names, columns = ([fitted(name, _NAME_ROOM) for name in each] for each in (grid.rows, grid.columns))
    left = math.ceil(20 + max(map(width, names), default=0) + 8)
    upright = any(width(name) > across - 4 for name in columns)
    first = _HEAD + math.ceil(max(map(width, columns), default=0) if upright else 12) + 6
    parts = [words(0, 12, grid.title, "caption")]
    parts += _axes(grid, left, first, across * len(columns), _HEIGHT * len(names))
    parts += [_column(name, left + across * (at + 0.5), first - 6, upright) for at, name in enumerate(columns)]
    for down, (name, (_, line)) in enumerate(zip(names, rows, strict=True)):
        y = first + _HEIGHT * down
        parts.append(words(left - 8, y + 14, name, "end"))
        parts += [_square(cell, left + across * at, y, across) for at, cell in enumerate(line)]
    wide = max(left + across * len(columns), width(grid.title, 12)) + 2
    return Drawing(round(wide), round(first + _HEIGHT * len(names) + 2), grid.title, joined(parts))


def _axes(grid: Grid, left: float, first: float, wide: float, high: float) -> list[Markup]:
    turned = Markup('<text class="mid axis" transform="translate(12 {:.1f}) rotate(-90)">{}</text>')
    return [
        words(left + wide / 2, 32, grid.column_axis, "mid axis"),
        turned.format(first + high / 2, grid.row_axis),
    ]


def _column(name: str, middle: float, foot: float, upright: bool) -> Markup:
    if not upright:
        return words(middle, foot, name, "mid")
    turned = Markup('<text transform="translate({:.1f} {:.1f}) rotate(-90)">{}</text>')
    return turned.format(middle + 4, foot, name)


def _square(cell: TableCell, x: float, y: float, across: float) -> Markup:
    square = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}"/>')
    parts = [square.format(cell.shade, x, y, across, _HEIGHT)]
    if "sure" in cell.shade:
        parts.append(square.format("frame", x + 1, y + 1, across - 2, _HEIGHT - 2))
    return joined([*parts, words(x + across / 2, y + 14, cell.text, f"mid cell {cell.shade}")])
