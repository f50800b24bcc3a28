"""What is said of a finding, or of one of its cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

METHOD = (
    "The interval is that of the comparison that decides: of 95%, wider where several share the error, of 90% for the "
    "order of two, which is judged on one side. A finding that puts several together may be left open by the others."
)
"""What a table of verdicts says of its intervals."""


class Status(StrEnum):
    """The six things that can be said."""

    HOLDS = "holds"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    REPORTED = "reported"
    NOT_MEASURED = "not measured"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Verdict:
    """A status with the numbers that it rests on.

    ``effect`` and the ends of the interval that decides, ``low`` and ``high`` (95% where one comparison does, see
    `dqsuite.statistics.judgement.Judgement`), are in ``unit``; None where there is none. ``n`` counts the repeats.
    ``note`` is one line for a person. The finding claims an effect over ``above`` and under ``below``; None where it
    sets no such bound.
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


def of_cases(verdicts: Sequence[Verdict]) -> Verdict:
    """Return what the cases say of their finding: refuted if any is, holds if all do, else inconclusive.

    Cases that are not applicable are left out; the finding is, where all are. Cases that are not measured keep it from
    holding, but not from being refuted; it is not measured where none was. It is reported where no case has an
    expectation. The numbers are those of the first case with the deciding status.
    """
    counts = {status: sum(verdict.status is status for verdict in verdicts) for status in Status}
    note = ", ".join(f"{count} of {len(verdicts)} {status}" for status, count in counts.items() if count)
    status = _of_counts(counts, len(verdicts))
    deciding = next((verdict for verdict in verdicts if verdict.status is status), Verdict(status))
    return replace(deciding, note=note)


def _of_counts(counts: dict[Status, int], total: int) -> Status:
    applicable = total - counts[Status.NOT_APPLICABLE]
    if not applicable:
        return Status.NOT_APPLICABLE
    if counts[Status.REFUTED]:
        return Status.REFUTED
    for unanimous in (Status.HOLDS, Status.REPORTED, Status.NOT_MEASURED):
        if counts[unanimous] == applicable:
            return unanimous
    if counts[Status.REPORTED] and counts[Status.REPORTED] + counts[Status.NOT_MEASURED] == applicable:
        return Status.REPORTED
    return Status.INCONCLUSIVE
