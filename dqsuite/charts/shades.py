"""The shade of a number in a table: steps of two scales that the colour-blind can tell apart too."""

from __future__ import annotations

import math

_BLUE = ["#ffffff", "#e4eaf3", "#c8d6e7", "#adc1db", "#91accf", "#7698c4", "#5a83b8", "#3f6eac", "#235aa0", "#084594"]
_BROWN = ["#ffffff", "#f5e9e3", "#ebd2c7", "#e1bcab", "#d7a68f", "#ce8f73", "#c47957", "#c8744e", "#b04c1f", "#a63603"]
_DARK, _PALE = "#111", "#fff"

SHADES = {
    f"{scale}{step}": (fill, _PALE if step >= pale else _DARK)
    for scale, fills, pale in (("s", _BLUE, 7), ("p", _BLUE, 7), ("m", _BROWN, 8))
    for step, fill in enumerate(fills)
}
"""By name of a shade: its colour, and that of the number on it. Unsigned, plus and minus have a scale each."""

FAINT = "#55544f"
"""The colour of a number that may be 0; it can be read on the shades that `pale` returns."""

STEPS = len(_BLUE) - 1
_PALEST = 2  # steps, of what may be 0


def shade(value: float, top: float, *, signed: bool) -> str:
    """Return the name of a shade: blue above 0, brown below, the stronger the larger; ``none`` for a nan.

    Steps go with the square root, so that small numbers beside one large one are still seen.
    """
    if math.isnan(value):
        return "none"
    step = round(math.sqrt(min(1.0, abs(value) / top)) * STEPS)
    return f"{'s' if not signed else 'm' if value < 0 else 'p'}{step}"


def pale(name: str) -> str:
    """Return the shade of the same sign for a number that may be 0."""
    return name if name == "none" else f"{name[0]}{min(int(name[1:]), _PALEST)}"
