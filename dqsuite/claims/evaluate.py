"""From a store to verdicts, without training, data sets or torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.requirements import NotApplicable, NotMeasured, StoreLab, require_taken, taken_cases
from dqsuite.statistics.verdict import Status, Verdict


@dataclass(frozen=True)
class Judged:
    """One case of a claim at a scale, and what is said of it."""

    claim: str
    case: str
    scale: str
    verdict: Verdict

    def to_json(self) -> dict[str, object]:
        """Return plain values that JSON can hold."""
        return {"claim": self.claim, "case": self.case, "scale": self.scale, **self.verdict.to_json()}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Judged:
        """Return what `to_json` wrote; what it left empty may be missing. Raises KeyError, TypeError or ValueError."""
        verdict = Verdict.from_json({key: value for key, value in plain.items() if key not in _NAMES})
        return cls(str(plain["claim"]), str(plain.get("case", "")), str(plain["scale"]), verdict)


_NAMES = ("claim", "case", "scale")


def judge_case(claim: Claim, case: Case, measured: StoreLab) -> Verdict:
    """Judge one case from what is stored; what is missing is a verdict too."""
    try:
        require_taken(claim, case, measured.scale)
        return claim.judge(measured, **case).verdict(cases=len(taken_cases(claim, measured.scale)))
    except NotApplicable as reason:
        return Verdict(Status.NOT_APPLICABLE, note=str(reason))
    except NotMeasured as reason:
        return Verdict(Status.NOT_MEASURED, note=str(reason))


def judge(claim: Claim, measured: StoreLab) -> Iterator[Judged]:
    """Judge every case of a claim."""
    for name, case in claim.named_cases():
        yield Judged(claim.id, name, measured.scale, judge_case(claim, case, measured))
