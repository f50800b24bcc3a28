"""A figure as a drawing that stands alone: title, legend, the page's own drawings, the note, and its style sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dqsuite.charts import style, svg
from dqsuite.charts.drawing import Drawing, joined, words
from dqsuite.charts.figures import Body, Dots, Figure, Gallery, Grids, Lines, told
from dqsuite.charts.grids import grid_drawing
from dqsuite.charts.pictures import gallery_drawing
from dqsuite.charts.text import fitted, width, wrapped
from dqsuite.core import escapes

_MARGIN, _GAP = 18, 14  # px
_CLOSE = 4  # px, below a line of text
_NARROWEST, _TITLE_ROOM = 405, 560  # px, of a sheet, and of the longest title on one line
_PANELS, _GRIDS = 4, 2  # side by side
_ALONE = 1.5  # times the size of one of many, for a panel that has no other beside it
_NAME_ROOM = 260  # px, of a name in a legend
_TITLE, _NOTE = 16, 12  # px, their sizes, as the style sheet has them


@dataclass(frozen=True)
class Sheet:
    """A drawing as the text of an SVG file, with its size in pixels."""

    text: str
    width: float
    height: float


def sheet(figure: Figure) -> Sheet:
    """Return a figure as an SVG file. A table has no drawing: its body must be another."""
    rows = _rows(figure.body)
    wide = max(_NARROWEST, min(width(figure.title, _TITLE), _TITLE_ROOM), *(_width(row) for row in rows))
    title, redraws = _texts(figure.title, wide, "title", _TITLE), _texts(figure.redraws, wide, "note", _NOTE)
    note = _texts(told(figure.body), wide, "note", _NOTE)
    return _document(figure.title, wide, [[title], [redraws], _legend(figure.body, wide), *rows, [note]])


def _rows(body: Body) -> list[list[Drawing]]:
    """Return the drawings of a figure, those that stand side by side in a list each."""
    if isinstance(body, Lines):
        panels = [_panel(title, drawing, len(body.panels) == 1) for title, drawing in svg.lines(body)]
        return [[_texts(body.y_label, _NARROWEST, "note", _NOTE)], *_abreast(panels, _PANELS)]
    if isinstance(body, Dots):
        return [[svg.dots(body)]]
    if isinstance(body, Grids):
        return _abreast([grid_drawing(grid, body.top(grid)) for grid in body.grids], _GRIDS)
    assert isinstance(body, Gallery)  # a table has no drawing
    return [[gallery_drawing(body)]]


def _abreast(drawings: Sequence[Drawing], count: int) -> list[list[Drawing]]:
    return [list(drawings[start : start + count]) for start in range(0, len(drawings), count)]


def _panel(title: str, drawing: Drawing, alone: bool) -> Drawing:
    if alone:
        return Drawing(drawing.width * _ALONE, drawing.height * _ALONE, "", drawing.at(0, 0, _ALONE))
    named = words(0, 12, fitted(title, drawing.width, _NOTE), "caption")
    return Drawing(drawing.width, drawing.height + 18, "", named + drawing.at(0, 18))


def _legend(body: Body, wide: float) -> list[Drawing]:
    """Return the keys of the curves where there are several, or of ours and the published value."""
    if isinstance(body, Lines) and len(body.legend()) > 1:
        return [_keys([(name, _stroke(tone)) for name, tone in body.legend()], wide)]
    if isinstance(body, Dots) and body.has_published():
        ours = Markup('<circle class="dot noise" cx="12" cy="8" r="4"/>')
        ring = Markup('<circle class="ring" cx="12" cy="8" r="4.5"/>')
        return [_keys([("ours, 95% interval", ours), ("published", ring)], wide)]
    return []


def _stroke(tone: str) -> Markup:
    return Markup('<path class="line {0}" d="M0 8H24"/><circle class="dot {0}" cx="12" cy="8" r="2.2"/>').format(tone)


def _keys(keys: Sequence[tuple[str, Markup]], wide: float) -> Drawing:
    x, y, parts = 0.0, 0, []
    for name, key in keys:
        shown = fitted(name, _NAME_ROOM, _NOTE)
        room = 32 + width(shown, _NOTE)
        if x and x + room > wide:
            x, y = 0.0, y + 20
        parts.append(
            Markup('<g transform="translate({:.1f} {})">{}{}</g>').format(x, y, key, words(32, 12, shown, "caption"))
        )
        x += room + 18
    return Drawing(wide, y + 20, "", joined(parts), "words")


def _texts(text: str, wide: float, kind: str, size: float) -> Drawing:
    """Return a text as lines; of no height where it is empty."""
    lines = wrapped(text, wide, size)
    step = size * 1.35
    parts = joined(words(0, step * at + size, each, kind) for at, each in enumerate(lines))
    return Drawing(wide, step * len(lines), "", parts, "words")


def _width(row: Sequence[Drawing]) -> float:
    return sum(each.width for each in row) + _GAP * (len(row) - 1)


def _stacked(rows: Sequence[Sequence[Drawing]]) -> tuple[Markup, float]:
    """Return rows one below the other, without those that are empty, and where they end."""
    parts, y = [], float(_MARGIN)
    for row in rows:
        if not any(each.height for each in row):
            continue
        x = float(_MARGIN)
        for each in row:
            parts.append(each.at(x, y))
            x += each.width + _GAP
        y += max(each.height for each in row) + (_GAP if row[0].kind == "chart" else _CLOSE)
    return joined(parts), y


def _document(title: str, wide: float, rows: Sequence[Sequence[Drawing]]) -> Sheet:
    parts, high = _stacked(rows)
    wide, high = math.ceil(wide + 2 * _MARGIN), math.ceil(high + _CLOSE)
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" '
        'aria-label="{2}"><title>{2}</title><style>'
    ).format(wide, high, title)
    paper = Markup('</style><rect class="paper" width="{}" height="{}"/>').format(wide, high)
    text = head + Markup(style.file()) + paper + parts + Markup("</svg>\n")
    return Sheet(escapes.xml(text), wide, high)
