"""What is said of a finding, or of one of its cases."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """The five things that can be said."""

    HOLDS = "holds"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    NOT_MEASURED = "not measured"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Verdict:
    """A status with the numbers that it rests on.

    ``effect`` and the ends of its 95% interval, ``low`` and ``high``, are in ``unit``; None where there is none. ``n``
    counts the repeats. ``note`` is one line for a person. The finding claims an effect over ``above`` and under
    ``below``; None where it sets no such bound.
    """

    status: Status
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    unit: str = ""
    note: str = ""
    above: float | None = None
    below: float | None = None

    def describe(self) -> str:
        """Return the verdict and its numbers in one line."""
        numbers = "" if self.effect is None else f" {self.effect:.3g}{f' {self.unit}' if self.unit else ''}"
        ends = "" if self.low is None or self.high is None else f" ({self.low:.3g} to {self.high:.3g})"
        repeats = f", {self.n} repeats" if self.n else ""
        return f"{self.status.value}{numbers}{ends}{repeats}{f': {self.note}' if self.note else ''}"

    def to_json(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return asdict(self) | {"status": self.status.value}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Verdict:
        """Return the verdict that `to_json` wrote."""
        return cls(**plain | {"status": Status(plain["status"])})
