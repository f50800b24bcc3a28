"""The shade of a number in a table: steps of two scales that the colour-blind can tell apart too."""

from __future__ import annotations

import math

STEPS = 9


def shade(value: float, top: float, *, signed: bool) -> str:
    """Return the name of a shade, as the style sheet has it: blue above 0, brown below, the stronger the larger.

    Steps go with the square root, so that small numbers beside one large one are still seen.
    """
    if math.isnan(value):
        return "none"
    step = round(math.sqrt(min(1.0, abs(value) / top)) * STEPS)
    return f"{'s' if not signed else 'm' if value < 0 else 'p'}{step}"
