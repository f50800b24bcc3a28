"""Numbers as a reader wants them: with a true minus, and without digits that say nothing."""

from __future__ import annotations

import math
from collections.abc import Callable

from dqsuite.statistics.estimate import Interval

MINUS = "\N{MINUS SIGN}"


def fixed(value: float, digits: int = 1, *, signed: bool = False, trim: bool = True) -> str:
    """Return a number with so many digits, by default without the zeros at their end; a nan is a dash."""
    if math.isnan(value):
        return "\N{EN DASH}"
    text = f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if trim and "." in text else text
    return text[1:] if text in ("+0", "-0") else text.replace("-", MINUS)


def short(value: float) -> str:
    """Return a number of any size with three significant digits."""
    return f"{value:.3g}".replace("-", MINUS)


def alike(effect: float, low: float, high: float) -> tuple[str, str, str]:
    """Return an effect and the ends of its interval with as many digits as the width of the interval gives sense to."""
    width = high - low
    digits = max(0, 1 - math.floor(math.log10(width))) if width > 0 else 3
    one, two, three = (f"{value:.{min(digits, 6)}f}".replace("-", MINUS) for value in (effect, low, high))
    return one, two, three


def percent(fraction: float) -> str:
    """Return a fraction in percent."""
    return f"{100 * fraction:.1f}%"


def points(fraction: float) -> str:
    """Return a difference of fractions in percentage points."""
    return f"{100 * fraction:+.1f}".replace("-", MINUS)


def ends(found: Interval, wording: Callable[[float], str]) -> str:
    """Return the ends of an interval."""
    return "one repeat" if math.isnan(found.low) else f"{wording(found.low)} to {wording(found.high)}"
