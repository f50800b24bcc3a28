"""The findings as rows: their verdicts in the order of severity, what changed, and the evidence behind each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dqsuite.charts.figures import Body, Grid, Grids, confusion, relative
from dqsuite.claims import CLAIMS, Claim
from dqsuite.claims.evaluate import Judged
from dqsuite.claims.measurements import Asked, ConditionSummary, StoredMeasurements
from dqsuite.claims.requirements import NotApplicable, NotMeasured
from dqsuite.sources.drawing import CONVENTION
from dqsuite.statistics.verdict import Status, Verdict

_SEVERITY = (Status.REFUTED, Status.INCONCLUSIVE, Status.HOLDS)
_MATRICES = 3  # conditions; of more, the recall of each class is shown in their place
_DRAWN_CLASSES = 20  # above, a table with a column for each class is unreadable
_LISTED = 60  # conditions of one finding


@dataclass(frozen=True)
class Finding:
    """A claim with the verdicts on its cases."""

    claim: Claim
    cases: Sequence[Judged]

    @property
    def verdict(self) -> Verdict:
        """What the cases say of the finding, with the numbers of the case that decides."""
        return self.claim.verdict(self._found)

    @property
    def deciding(self) -> Judged:
        """The first deciding case with the finding's own verdict, else the first that was measured."""
        status, decide = self.verdict.status, self.claim.deciding(self._found)
        order = [
            (each.case not in decide, each.verdict.status is not status, not each.verdict.n) for each in self.cases
        ]
        return self.cases[order.index(min(order))]

    @property
    def is_reported(self) -> bool:
        """Whether no outcome is expected: the numbers are reported, and not judged."""
        return self.verdict.status is Status.REPORTED

    @property
    def tally(self) -> str:
        """How many of the cases have which verdict, the most severe first; empty for a finding of one case.

        Cases of ours, which do not decide, are counted apart; before all stands what the finding depends on.
        """
        decide = self.claim.deciding(self._found)
        ours = Counter(each.status for name, each in self._found.items() if name not in decide)
        parts = [_tally(Counter(each.status for each in decide.values()))]
        if self.claim.splits(self._found):
            parts.insert(0, f"depends on {self.claim.depends_on}")
        if ours:
            parts.append(f"ours: {_counted(ours)}")
        return "; ".join(filter(None, parts))

    @property
    def _found(self) -> dict[str, Verdict]:
        return {case.case: case.verdict for case in self.cases}


def _tally(counts: Counter[Status]) -> str:
    total = counts.total()
    if len(counts) == 1:
        return f"all {total} cases" if total > 1 else ""
    first, *others = _counted(counts).split(", ")
    return ", ".join([f"{first} of {total} cases", *others])


def _counted(counts: Counter[Status]) -> str:
    """Return how often each verdict is there, the most severe first."""
    return ", ".join(f"{status} in {counts[status]}" for status in sorted(counts, key=[*_SEVERITY, *Status].index))


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on: the deciding case's matrices or rates, and what every condition came to."""

    of: str
    body: Body | None
    conditions: Sequence[ConditionSummary]
    left_out: int


def findings_of(judged: Iterable[Judged]) -> list[Finding]:
    """Put cases together to findings, in the order of the claims."""
    cases: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        cases[each.claim].append(each)
    return [Finding(claim, cases[identity]) for identity, claim in CLAIMS.items() if identity in cases]


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that were judged, refuted ones first."""
    measured = [each for each in findings if each.verdict.status in _SEVERITY]
    return sorted(measured, key=lambda finding: _SEVERITY.index(finding.verdict.status))


def with_status(findings: Sequence[Finding], status: Status) -> list[Finding]:
    """Return the findings that are as a whole reported, not measured or not applicable."""
    return [each for each in findings if each.verdict.status is status]


def evidence(finding: Finding) -> Evidence:
    """Return what a finding's verdict rests on."""
    everything = {
        (compared, asked._replace(epoch="")): case.measurements
        for case in finding.cases
        if case.measurements
        for compared in [case.measurements.compared]
        for asked in case.asked
    }
    known = [found for (_, asked), measured in everything.items() if (found := _summary(asked, measured))]
    case = finding.deciding
    return Evidence(case.case, _body(case), known[:_LISTED], len(known[_LISTED:]))


def _summary(asked: Asked, measured: StoredMeasurements) -> ConditionSummary | None:
    try:
        return measured.summary(asked)
    except (NotMeasured, NotApplicable):
        return None


def _body(case: Judged) -> Body | None:
    """Return the matrices of few conditions, the recall of each class in many, nothing where there are many classes."""
    measured = case.measurements
    if measured is None:
        return None
    found = dict.fromkeys(each._replace(epoch="") for each in case.asked)
    known = [each for each in found if _summary(each, measured)]
    known = [each for each in known if len(_classes(each, measured)) <= _DRAWN_CLASSES]
    if not known:
        return None
    if len(known) <= _MATRICES:
        return Grids(_matrices(known, measured), f"Test images, averaged over repeats. {CONVENTION}")
    return _recalls([each for each in known if each.data == known[0].data], measured)


def _classes(asked: Asked, measured: StoredMeasurements) -> Sequence[str]:
    return measured.available(asked.model, asked.condition, data=asked.data).classes


def _matrices(known: Sequence[Asked], measured: StoredMeasurements) -> list[Grid]:
    grids = []
    for each in known:
        classes, where = _classes(each, measured), (each.model, each.condition)
        title = f"{each.model}, {each.condition}"
        grids.append(confusion(title, classes, measured.matrix(*where, data=each.data)))
        if each.condition != "clean" and each._replace(condition="clean") in known:
            grids.append(relative(f"{title}, minus clean", classes, measured.relative(*where, data=each.data)))
    return grids


def _recalls(known: Sequence[Asked], measured: StoredMeasurements) -> Grids:
    shown = known[:_LISTED]
    rows = [measured.recalls(each.model, each.condition, data=each.data) for each in shown]
    names, classes = [f"{each.model}, {each.condition}" for each in shown], _classes(known[0], measured)
    values, low, high = (100 * np.array([getattr(row, part) for row in rows]) for part in ("mean", "low", "high"))
    grid = Grid("Recall of each class, %", names, classes, values, "trained", "class", low=low, high=high)
    note = (
        "On the clean test set, averaged over repeats. Point at a number for its interval: those of a row cover all "
        "classes at once (95%)."
    )
    return Grids([grid], note)
