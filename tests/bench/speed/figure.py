"""What a benchmark leaves: figures, each with its spread and what it should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured quantity.

    Attributes
    ----------
    name : str
        What was measured.
    values : sequence of float
        One for each turn.
    unit : str
        ``×`` for a ratio.
    least, most : float
        The aim.
    note : str
        What the reader has to know beside it, such as both sides of a ratio.
    sound : bool
        False where the sides of a ratio did not do the same: it then means nothing.
    """

    name: str
    values: Sequence[float]
    unit: str
    least: float = -inf
    most: float = inf
    note: str = ""
    sound: bool = True

    @property
    def median(self) -> float:
        """The median of the turns."""
        return median(self.values)

    @property
    def met(self) -> bool:
        """Whether the median is what it should be."""
        return self.sound and self.least <= self.median <= self.most

    @property
    def aim(self) -> str:
        """The aim as a text, empty where there is none."""
        if self.least > -inf:
            return f"≥ {quantity(self.least, self.unit)}"
        return f"≤ {quantity(self.most, self.unit)}" if self.most < inf else ""

    @property
    def spread(self) -> str:
        """The range of the turns as a text, empty for a single one."""
        if len(self.values) < 2:
            return ""
        return f"{number(min(self.values))} to {number(max(self.values))} of {len(self.values)}"

    def to_json(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {
            "name": self.name,
            "median": self.median,
            "values": list(self.values),
            "unit": self.unit,
            "aim": self.aim,
            "met": self.met,
            "sound": self.sound,
            "note": self.note,
        }

    def __str__(self) -> str:
        spread = f" ({self.spread})" if self.spread else ""
        aim = f", aim {self.aim}{'' if self.met else ': missed'}" if self.aim else ""
        return f"{self.name}: {quantity(self.median, self.unit)}{spread}{aim}"


def quantity(value: float, unit: str) -> str:
    """Return ``5.1×``, ``0.24 s`` or ``4%``."""
    return f"{number(value)}{unit}" if unit in ("×", "%") else f"{number(value)} {unit}"


def number(value: float) -> str:
    """Return three significant digits, without an exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
