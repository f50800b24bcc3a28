"""Axes: round numbers for the ticks, and where a value lies in a drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NEAR = 0.7  # of a step: rather some ticks more than too few


@dataclass(frozen=True)
class Axis:
    """A span of values, from ``low`` to ``high``, drawn from ``start`` to ``end`` in pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value lies, in pixels."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, count: int = 4) -> Sequence[float]:
        """Return about so many round numbers within the span."""
        step = _round_step((self.high - self.low) / count)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def span(values: Iterable[float], *, room: float = 0.05) -> tuple[float, float]:
    """Return the lowest and the highest finite value, with some room around them; 0 to 1 where there are none."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    margin = room * (high - low) or max(abs(high) * room, 0.5)
    return low - margin, high + margin


def _round_step(step: float) -> float:
    """Return 1, 2, 2.5 or 5 times a power of ten, the first of them that is not far below a step."""
    size = 10.0 ** math.floor(math.log10(step))
    return next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= _NEAR * step)
