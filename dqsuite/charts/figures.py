"""What a figure is, apart from how it is drawn: the page and the export draw the same description.

Values that were not measured are nan, and are drawn as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics.estimate import Interval
from dqsuite.statistics.simultaneous import Cells


@dataclass(frozen=True)
class Point:
    """A measured value.

    Attributes
    ----------
    low, high : float
        Its 95% interval; nan where there is none.
    note : str
        A word on it for the table of numbers.
    least, most : float
        The interval that covers all points of its curve at once.
    """

    x: float
    y: float
    low: float = nan
    high: float = nan
    note: str = ""
    least: float = nan
    most: float = nan


@dataclass(frozen=True)
class Curve:
    """Points from left to right under one name, in a tone of `style.TONES`, which says what it stands for."""

    name: str
    tone: str
    points: Sequence[Point]

    @property
    def is_published(self) -> bool:
        """Whether it is a source's, not ours."""
        return self.tone.startswith("published")


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

    def has_bands(self) -> bool:
        """Tell whether a curve has intervals that cover all its points at once."""
        return any(isfinite(each.least) for panel in self.panels for curve in panel.curves for each in curve.points)

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
    ``low`` and ``high`` are the ends of the numbers' intervals, which cover all of a table, or of a row of rates, at
    once; None where nothing is known of them.
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
    low: NDArray[Any] | None = None
    high: NDArray[Any] | None = None

    def judges(self) -> bool:
        """Tell whether the reader is shown which of the differences are not 0."""
        return self.signed and self.low is not None and bool(np.isfinite(self.low).any())


@dataclass(frozen=True)
class Grids:
    """Tables of numbers side by side, which share one scale of shades for each kind."""

    grids: Sequence[Grid]
    note: str = ""

    def top(self, grid: Grid) -> float:
        """Return the largest size of a number among the tables of a kind."""
        alike = [np.nanmax(np.abs(each.values), initial=0) for each in self.grids if each.signed == grid.signed]
        return float(max(alike)) or 1.0

    def judges(self) -> bool:
        """Tell whether that is so of any of the tables."""
        return any(grid.judges() for grid in self.grids)


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


def row(name: str, interval: Interval, published: float = nan) -> Row:
    """Return a row of an interval."""
    return Row(name, interval.mean, interval.low, interval.high, published)


def confusion(title: str, classes: Sequence[str], values: NDArray[Any]) -> Grid:
    """Return a confusion matrix (K, K) with truth in its rows."""
    return Grid(title, classes, classes, values, "true class", "predicted class", turns=True)


def relative(title: str, classes: Sequence[str], found: Cells) -> Grid:
    """Return the difference of two confusion matrices (K, K) with truth in its rows."""
    return differences(confusion(title, classes, found.mean), found)


def differences(grid: Grid, found: Cells) -> Grid:
    """Return a grid as one of differences, with their intervals."""
    return replace(grid, signed=True, low=found.low, high=found.high)


def told(body: Body) -> str:
    """Return the note of a figure, with what the marks in it mean."""
    if isinstance(body, Grids) and body.judges():
        return f"{body.note} {_MARKS}".strip()
    if isinstance(body, Lines) and body.has_bands():
        return f"{body.note} {_BANDS}".strip()
    return body.note


_MARKS = "Framed: not 0, at 95% for all cells of a table at once. Pale: within the noise of repeats and test images."
_BANDS = "Bands: 95% intervals; the lighter ones cover all points of a curve at once."


def mean_curve(curves: Sequence[NDArray[Any]]) -> list[Point]:
    """Return the mean of curves of fractions by epoch, in percent; what was not measured or has ended counts not."""
    longest = max(map(len, curves))
    padded = np.stack(
        [np.pad(curve.astype(float), (0, longest - len(curve)), constant_values=np.nan) for curve in curves]
    )
    measured = np.flatnonzero(np.isfinite(padded).any(0))
    means = np.nanmean(padded[:, measured], axis=0)
    return [Point(int(epoch) + 1, 100 * float(mean)) for epoch, mean in zip(measured, means, strict=True)]
