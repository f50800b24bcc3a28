"""A drawing: it stands in a page as it is, and on a sheet at a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Drawing:
    """Elements of SVG with what they show in words.

    Attributes
    ----------
    width, height : float
        In pixels.
    title : str
        What a reader hears who cannot see it; empty where its texts say all.
    parts : Markup
        The elements; names within are escaped.
    kind : str
        Its class in the style sheet.
    """

    width: float
    height: float
    title: str
    parts: Markup
    kind: str = "chart"

    def __html__(self) -> Markup:
        """Return it as an element of a page, which has its colours and gives it its width."""
        return self._element(Markup(""))

    def at(self, x: float, y: float, scale: float = 1) -> Markup:
        """Return it as an element of a larger drawing: its upper left corner in pixels."""
        place = Markup('x="{:g}" y="{:g}" width="{:g}" height="{:g}" ')
        return self._element(place.format(x, y, self.width * scale, self.height * scale))

    def _element(self, place: Markup) -> Markup:
        head = Markup('<svg class="{}" {}viewBox="0 0 {:g} {:g}"').format(self.kind, place, self.width, self.height)
        told = (
            Markup(' role="img" aria-label="{0}"><title>{0}</title>').format(self.title) if self.title else Markup(">")
        )
        return head + told + self.parts + Markup("</svg>")


def joined(parts: Iterable[Markup]) -> Markup:
    """Return elements one after the other."""
    return Markup("").join(parts)


def words(x: float, y: float, text: str, kind: str = "") -> Markup:
    """Return a line of text, escaped, at the end of its base line or where the classes of ``kind`` put it."""
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(kind, x, y, text)
