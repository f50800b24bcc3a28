"""A source's figure before it is drawn: the function that draws it, and why it could not be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from dqsuite.charts.figures import Body, Caption, Dots, Figure, Gallery, Lines
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.requirements import NotApplicable, NotMeasured
from dqsuite.claims.source import Source

_COURSE = 3  # points, the fewest that show one
_BESIDE = 2  # points, the fewest that say something beside a published course


@dataclass(frozen=True)
class Sketch(Caption):
    """A caption, and how to draw what stands under it.

    Attributes
    ----------
    draw : callable
        Draws from what is stored; raises NotMeasured or NotApplicable where nothing of it is.
    """

    draw: Callable[[StoredMeasurements], Body]


@dataclass(frozen=True)
class Missing:
    """A sketch that could not be drawn, and why."""

    title: str
    reason: str


def figure(key: str, title: str, redraws: str) -> Callable[[Callable[[StoredMeasurements], Body]], Sketch]:
    """Make a sketch of a function: a decorator."""
    return lambda draw: Sketch(key, title, redraws, draw)


def sketches(module: object) -> list[Sketch]:
    """Return the sketches that stand in a module, in their order."""
    return [value for value in vars(module).values() if isinstance(value, Sketch)]


def drawn(sketch: Sketch, views: Sequence[StoredMeasurements]) -> Figure | Missing:
    """Draw a sketch from the view that has most of what it shows, or tell why it cannot be drawn.

    Parameters
    ----------
    views : sequence of StoredMeasurements
        One for each precision that anything is stored in: a figure never mixes two, and says which where there are two.
    """
    if len(views) == 1:
        return _attempt(sketch, views[0])
    apart = [view.apart() for view in views]
    attempts = [_attempt(sketch, view, f"; trained in {view.selection.precision}") for view in apart]
    best = max(range(len(views)), key=lambda index: len(apart[index].used))
    views[best].used.update(apart[best].used)
    return attempts[best]


def _attempt(sketch: Sketch, measured: StoredMeasurements, note: str = "") -> Figure | Missing:
    try:
        body = sketch.draw(measured)
        _require_enough(body)
    except (NotMeasured, NotApplicable) as reason:
        return Missing(f"{sketch.title} ({sketch.redraws})", str(reason))
    trained = not isinstance(body, Gallery)  # which shows images alone
    return Figure(sketch.key, sketch.title, f"{sketch.redraws}{note if trained else ''}", body)


def _require_enough(body: Body) -> None:
    """Raise NotMeasured where a figure would show one value alone, or curves of too few points for a course."""
    if isinstance(body, Lines):
        curves = [curve for panel in body.panels for curve in panel.curves]
        least = _BESIDE if any(curve.is_published for curve in curves) else _COURSE
        if max((len(curve.points) for curve in curves if not curve.is_published), default=0) < least:
            raise NotMeasured(f"fewer than {least} points of a curve are stored")
    if isinstance(body, Dots) and len(body.rows) == 1:
        raise NotMeasured(f"of its values {body.rows[0].name} alone is stored")


def sketches_of(source: Source) -> list[Sketch]:
    """Return the sketches of a source's figures, whose modules are imported for it."""
    return [sketch for module in source.figures for sketch in sketches(import_module(module))]
