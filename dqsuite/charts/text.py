"""How wide a text is, so that names of any length find room in a drawing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FONT_FILE = Path(__file__).with_name("fonts") / "DejaVuSans.ttf"
"""The font that pictures are drawn with; on a page, the reader's own is mostly narrower."""

_SIZE = 11  # px, of a text that has no other


@cache
def width(text: str, size: float = _SIZE) -> float:
    """Return the width of a text on one line, in pixels; a line break within counts as a space."""
    return float(_font().getlength(" ".join(text.split()))) * size / 100


def fitted(text: str, room: float, size: float = _SIZE) -> str:
    """Return a text, cut short with an ellipsis where it is wider than the room, in pixels."""
    if width(text, size) <= room:
        return text
    kept = len(text)
    while kept > 1 and width(f"{text[:kept]}…", size) > room:
        kept = min(kept - 1, int(kept * room / width(text[:kept], size)))
    return f"{text[: max(1, kept)]}…"


def wrapped(text: str, room: float, size: float = _SIZE) -> list[str]:
    """Return the lines of a text that is broken between words where it is wider than the room, in pixels."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(fitted(word, room, size))
    return lines


@cache
def _font() -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(FONT_FILE), 100)
