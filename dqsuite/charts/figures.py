"""What a figure is, apart from how it is drawn: the page and the export draw the same description.

Values that were not measured are nan, and are drawn as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics.estimate import Interval


@dataclass(frozen=True)
class Point:
    """A measured value with its 95% interval (nan where there is none), and a word on it for the table of numbers."""

    x: float
    y: float
    low: float = nan
    high: float = nan
    note: str = ""


@dataclass(frozen=True)
class Curve:
    """Points from left to right under one name, in a tone of `style.TONES`, which says what it stands for."""

    name: str
    tone: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Panel:
    """Curves in one frame; ``between`` shades the distance of the first two."""

    title: str
    curves: Sequence[Curve]
    between: bool = False


@dataclass(frozen=True)
class Lines:
    """Panels side by side that share both axes."""

    panels: Sequence[Panel]
    x_label: str
    y_label: str
    note: str = ""

    def legend(self) -> list[tuple[str, str]]:
        """Return the names of the curves with their tones, each once."""
        return list(dict.fromkeys((curve.name, curve.tone) for panel in self.panels for curve in panel.curves))


@dataclass(frozen=True)
class Row:
    """One line of a dot plot: ours with its interval, and the published value or nan."""

    name: str
    value: float
    low: float = nan
    high: float = nan
    published: float = nan


@dataclass(frozen=True)
class Dots:
    """Named values with intervals on one axis."""

    rows: Sequence[Row]
    label: str
    note: str = ""

    def has_published(self) -> bool:
        """Tell whether there is a published value beside ours."""
        return any(isfinite(row.published) for row in self.rows)


@dataclass(frozen=True, eq=False)
class Grid:
    """A table of numbers (R, C), shaded: around 0 where they are ``signed``, else from 0 upwards.

    A confusion matrix has the true classes in its rows; ``turns`` says that the reader may swap rows and columns.
    """

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: NDArray[Any]
    row_axis: str
    column_axis: str
    signed: bool = False
    digits: int = 1
    turns: bool = False


@dataclass(frozen=True)
class Grids:
    """Tables of numbers side by side, which share one scale of shades for each kind."""

    grids: Sequence[Grid]
    note: str = ""

    def top(self, grid: Grid) -> float:
        """Return the largest size of a number among the tables of a kind."""
        alike = [np.nanmax(np.abs(each.values), initial=0) for each in self.grids if each.signed == grid.signed]
        return float(max(alike)) or 1.0


@dataclass(frozen=True)
class Table:
    """A table of text; the first column names the rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True, eq=False)
class Picture:
    """An image, uint8 (H, W, C), with a line of text under it."""

    image: NDArray[np.uint8]
    text: str


@dataclass(frozen=True)
class Gallery:
    """Images in named rows."""

    rows: Mapping[str, Sequence[Picture]]
    note: str = ""


Body = Lines | Dots | Grids | Table | Gallery


@dataclass(frozen=True)
class Caption:
    """What stands over a figure.

    Attributes
    ----------
    key : str
        Its anchor on the page and its file name.
    title : str
    redraws : str
        The figure or table of an article that it shows again, empty where there is none.
    """

    key: str
    title: str
    redraws: str


@dataclass(frozen=True)
class Figure(Caption):
    """What is shown under a caption."""

    body: Body


def point(x: float, interval: Interval, note: str = "") -> Point:
    """Return a point of an interval."""
    return Point(x, interval.mean, interval.low, interval.high, note)


def row(name: str, interval: Interval, published: float = nan) -> Row:
    """Return a row of an interval."""
    return Row(name, interval.mean, interval.low, interval.high, published)


def confusion(title: str, classes: Sequence[str], values: NDArray[Any], *, signed: bool = False) -> Grid:
    """Return a confusion matrix (K, K), or the difference of two, with truth in its rows."""
    return Grid(title, classes, classes, values, "true class", "predicted class", signed, turns=True)


def mean_curve(curves: Sequence[NDArray[Any]]) -> list[Point]:
    """Return the mean of curves of fractions, epoch by epoch, in percent; those that have ended count no more."""
    longest = max(map(len, curves))
    padded = np.stack(
        [np.pad(curve.astype(float), (0, longest - len(curve)), constant_values=np.nan) for curve in curves]
    )
    return [Point(epoch, 100 * float(mean)) for epoch, mean in enumerate(np.nanmean(padded, axis=0), 1)]
