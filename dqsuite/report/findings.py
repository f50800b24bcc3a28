"""The findings as rows: their verdicts in the order of severity, what changed, and the evidence behind each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dqsuite.charts.figures import Body, Grid, Grids, confusion
from dqsuite.claims import CLAIMS, Claim
from dqsuite.claims.evaluate import Judged, judge_case
from dqsuite.claims.questions import NO_EXPECTATION
from dqsuite.claims.requirements import NotApplicable, NotMeasured
from dqsuite.results.reader import Asked, ConditionSummary, Shelf
from dqsuite.sources.drawing import CONVENTION
from dqsuite.statistics.criteria import of_cases
from dqsuite.statistics.verdict import Status, Verdict

_SEVERITY = (Status.REFUTED, Status.INCONCLUSIVE, Status.HOLDS)
_MATRICES = 3  # conditions; of more, the recall of each class is shown in their place
_DRAWN_CLASSES = 20  # above, a table with a column for each class is unreadable
_LISTED = 60  # conditions of one finding


@dataclass(frozen=True)
class Ruling:
    """One case as it was judged, and the predictions that its judge asked for."""

    judged: Judged
    asked: Sequence[Asked]

    @property
    def verdict(self) -> Verdict:
        """What is said of the case."""
        return self.judged.verdict


@dataclass(frozen=True)
class Finding:
    """A claim with the verdicts on its cases."""

    claim: Claim
    rulings: Sequence[Ruling]

    @property
    def verdict(self) -> Verdict:
        """What the cases say of the finding, with the numbers of the case that decides."""
        return of_cases([ruling.verdict for ruling in self.rulings])

    @property
    def deciding(self) -> Ruling:
        """The first case with the finding's own verdict, else the first that was measured."""
        status = self.verdict.status
        ranked = sorted(self.rulings, key=lambda ruling: (ruling.verdict.status is not status, not ruling.verdict.n))
        return ranked[0]

    @property
    def is_question(self) -> bool:
        """Whether no outcome is expected: the numbers are reported, and not judged."""
        return any(ruling.verdict.note.startswith(NO_EXPECTATION) for ruling in self.rulings)

    @property
    def tally(self) -> str:
        """How many of the cases have which verdict, the most severe first; empty for a finding of one case."""
        total = len(self.rulings)
        if total == 1:
            return ""
        if self.is_question:
            return f"{sum(ruling.verdict.n > 0 for ruling in self.rulings)} of {total} cases measured"
        counts = Counter(ruling.verdict.status for ruling in self.rulings)
        if len(counts) == 1:
            return f"all {total} cases"
        first, *rest = sorted(counts, key=[*_SEVERITY, *Status].index)
        others = [f"{status} in {counts[status]}" for status in rest]
        return ", ".join([f"{first} in {counts[first]} of {total} cases", *others])


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on: the deciding case's matrices or rates, and what every condition came to."""

    of: str
    body: Body | None
    conditions: Sequence[ConditionSummary]
    left_out: int


def judge_all(shelf: Shelf) -> list[Finding]:
    """Judge every case of every claim from what is stored."""
    return [Finding(claim, list(_rulings(claim, shelf))) for claim in CLAIMS.values()]


def _rulings(claim: Claim, shelf: Shelf) -> Iterator[Ruling]:
    for name, case in claim.named_cases():
        shelf.asked.clear()
        verdict = judge_case(claim, case, shelf)
        yield Ruling(Judged(claim.id, name, shelf.scale, verdict), tuple(dict.fromkeys(shelf.asked)))


def judged(findings: Sequence[Finding]) -> list[Judged]:
    """Return the verdicts on all cases."""
    return [ruling.judged for finding in findings for ruling in finding.rulings]


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that were judged, refuted ones first."""
    measured = [each for each in findings if each.verdict.status in _SEVERITY and not each.is_question]
    return sorted(measured, key=lambda finding: _SEVERITY.index(finding.verdict.status))


def questions(findings: Sequence[Finding]) -> list[Finding]:
    """Return the questions without an expectation that were measured."""
    return [each for each in findings if each.is_question]


def unjudged(findings: Sequence[Finding], status: Status) -> list[Finding]:
    """Return the findings that are not measured, or not applicable, as a whole."""
    return [each for each in findings if each.verdict.status is status]


def evidence(finding: Finding, shelf: Shelf) -> Evidence:
    """Return what a finding's verdict rests on."""
    everything = dict.fromkeys(asked._replace(epoch="") for ruling in finding.rulings for asked in ruling.asked)
    known = [measured for asked in everything if (measured := _measured(asked, shelf))]
    case = finding.deciding
    return Evidence(case.judged.case, _body(case.asked, shelf), known[:_LISTED], len(known[_LISTED:]))


def _measured(asked: Asked, shelf: Shelf) -> ConditionSummary | None:
    try:
        return shelf.measured(asked)
    except (NotMeasured, NotApplicable):
        return None


def _body(asked: Sequence[Asked], shelf: Shelf) -> Body | None:
    """Return the matrices of few conditions, the recall of each class in many, nothing where there are many classes."""
    found = dict.fromkeys(each._replace(epoch="") for each in asked)
    known = [each for each in found if _measured(each, shelf)]
    known = [each for each in known if len(_classes(each, shelf)) <= _DRAWN_CLASSES]
    if not known:
        return None
    if len(known) <= _MATRICES:
        return Grids(_matrices(known, shelf), f"Test images, averaged over repeats. {CONVENTION}")
    return _recalls([each for each in known if each.data == known[0].data], shelf)


def _classes(asked: Asked, shelf: Shelf) -> Sequence[str]:
    return shelf.available(asked.model, asked.condition, data=asked.data).classes


def _matrices(known: Sequence[Asked], shelf: Shelf) -> list[Grid]:
    grids = []
    for each in known:
        classes, where = _classes(each, shelf), (each.model, each.condition)
        title = f"{each.model}, {each.condition}"
        grids.append(confusion(title, classes, shelf.matrix(*where, data=each.data)))
        if each.condition != "clean" and each._replace(condition="clean") in known:
            values = shelf.relative(*where, data=each.data)
            grids.append(confusion(f"{title}, minus clean", classes, values, signed=True))
    return grids


def _recalls(known: Sequence[Asked], shelf: Shelf) -> Grids:
    shown = known[:_LISTED]
    rows = [shelf.recall(each.model, each.condition, data=each.data) for each in shown]
    names = [f"{each.model}, {each.condition}" for each in shown]
    values = 100 * np.array(rows)
    grid = Grid("Recall of each class, %", names, _classes(known[0], shelf), values, "trained", "class")
    return Grids([grid], "On the clean test set, averaged over repeats.")
