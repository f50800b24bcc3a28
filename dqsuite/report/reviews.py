"""The refuted cases of findings, each with what was found when somebody looked for the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dqsuite.claims.evaluate import Judged
from dqsuite.claims.refutations import CAUSES, Refutation
from dqsuite.report.findings import Finding
from dqsuite.statistics.verdict import Status

_UNREVIEWED = "not reviewed yet"


@dataclass(frozen=True)
class Review:
    """A refuted case and its reviewed entry, None where there is none yet."""

    case: Judged
    entry: Refutation | None

    @property
    def cause(self) -> str:
        """What decides it."""
        return CAUSES[self.entry.cause] if self.entry else _UNREVIEWED

    @property
    def reason(self) -> str:
        """What decides it, and why."""
        return f"{self.cause}: {self.entry.reason}" if self.entry else f"{self.cause}."


def reviews(findings: Iterable[Finding], entries: Iterable[Refutation]) -> list[Review]:
    """Return the refuted cases of findings, in their order."""
    known = {each.key: each for each in entries}
    refuted = [case for each in findings for case in each.cases if case.verdict.status is Status.REFUTED]
    return [Review(case, known.get((case.claim, case.case, case.scale))) for case in refuted]


def causes(found: Sequence[Review]) -> dict[str, int]:
    """Count the cases by what decides them, in the order of `CAUSES`."""
    counts = Counter(each.cause for each in found)
    return {cause: counts[cause] for cause in (*CAUSES.values(), _UNREVIEWED) if counts[cause]}
