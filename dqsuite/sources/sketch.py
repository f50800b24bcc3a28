"""A source's figure before it is drawn: the function that draws it, and why it could not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dqsuite.charts.figures import Body, Figure
from dqsuite.claims.requirements import NotApplicable, NotMeasured
from dqsuite.results.reader import Shelf


@dataclass(frozen=True)
class Sketch:
    """A figure to be drawn from what is stored.

    Attributes
    ----------
    key : str
        Its anchor on the page and its file name.
    title : str
    redraws : str
        The source's own figure or table.
    draw : callable
        Raises NotMeasured or NotApplicable where nothing of it is stored.
    """

    key: str
    title: str
    redraws: str
    draw: Callable[[Shelf], Body]


@dataclass(frozen=True)
class Missing:
    """A sketch that could not be drawn, and why."""

    title: str
    reason: str


def figure(key: str, title: str, redraws: str) -> Callable[[Callable[[Shelf], Body]], Sketch]:
    """Make a sketch of a function: a decorator."""
    return lambda draw: Sketch(key, title, redraws, draw)


def sketches(module: object) -> list[Sketch]:
    """Return the sketches that stand in a module, in their order."""
    return [value for value in vars(module).values() if isinstance(value, Sketch)]


def drawn(sketch: Sketch, shelf: Shelf) -> Figure | Missing:
    """Draw a sketch, or tell why it cannot be."""
    try:
        return Figure(sketch.key, sketch.title, sketch.redraws, sketch.draw(shelf))
    except (NotMeasured, NotApplicable) as reason:
        return Missing(f"{sketch.title} ({sketch.redraws})", str(reason))
