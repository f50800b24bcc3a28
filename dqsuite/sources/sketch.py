"""A source's figure before it is drawn: the function that draws it, and why it could not be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from dqsuite.charts.figures import Body, Caption, Figure
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.requirements import NotApplicable, NotMeasured
from dqsuite.claims.source import Source


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
        return Figure(sketch.key, sketch.title, f"{sketch.redraws}{note}", sketch.draw(measured))
    except (NotMeasured, NotApplicable) as reason:
        return Missing(f"{sketch.title} ({sketch.redraws})", str(reason))


def sketches_of(source: Source) -> list[Sketch]:
    """Return the sketches of a source's figures, whose modules are imported for it."""
    return [sketch for module in source.figures for sketch in sketches(import_module(module))]
