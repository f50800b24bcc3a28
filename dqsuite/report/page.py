"""The whole page: what stands where, computed from a store once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dqsuite.advice.advice import Advice
from dqsuite.claims import refutations
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.measurements import in_each_precision
from dqsuite.claims.refutations import Refutation
from dqsuite.claims.source import sources
from dqsuite.claims.verdict_files import Change, Verdicts, changes
from dqsuite.report import contradictions, findings
from dqsuite.report.contradictions import Contradiction
from dqsuite.report.findings import Finding
from dqsuite.report.leftovers import leftovers
from dqsuite.report.provenance import Provenance, provenance_of
from dqsuite.report.reviews import Review, causes, reviews
from dqsuite.report.sections import Section, section
from dqsuite.results.grouping import studies_of
from dqsuite.results.reader import Reader
from dqsuite.results.study import Study
from dqsuite.statistics.verdict import METHOD, Status

_UNJUDGED = (Status.NOT_MEASURED, Status.NOT_APPLICABLE)


@dataclass(frozen=True)
class Before:
    """Verdicts to compare with: what they are called, and when they were reached (empty if that is not known)."""

    name: str
    verdicts: Verdicts
    since: str = ""


@dataclass(frozen=True)
class Page:
    """Everything that the page shows; without findings it shows studies alone."""

    studies: Sequence[Study]
    scale: str = ""
    findings: Sequence[Finding] = ()
    before: Before | None = None
    sources: Sequence[Section] = ()
    contradictions: Sequence[Contradiction] = ()
    provenance: Provenance | None = None
    advised: Sequence[Advice] = ()
    reviewed: Sequence[Refutation] = ()

    @property
    def title(self) -> str:
        """A title for the browser."""
        names = dict.fromkeys(study.card.name for study in self.studies)
        return f"published findings at scale {self.scale}" if self.findings else ", ".join(names)

    @property
    def lead(self) -> str:
        """What was judged, and how."""
        count = len(self.ranked)
        measured = f"{count} {'was' if count == 1 else 'were'} measured at scale {self.scale}"
        return (
            f"Do published findings on bad training data hold? {measured}, and judged by intervals over repeats and "
            "test images."
        )

    @property
    def method(self) -> str:
        """What the intervals of the verdicts are."""
        return METHOD

    @property
    def counts(self) -> list[tuple[int, str, str]]:
        """How many findings have each verdict, and how many cases."""
        of_findings = Counter(finding.verdict.status for finding in self.findings)
        of_cases = Counter(case.verdict.status for finding in self.findings for case in finding.cases)
        statuses = (Status.REFUTED, Status.INCONCLUSIVE, Status.HOLDS, Status.REPORTED, *_UNJUDGED)
        return [(of_findings[status], status.value, _cases(of_cases[status])) for status in statuses]

    @property
    def ranked(self) -> list[Finding]:
        """The judged findings, the most severe first."""
        return findings.by_severity(self.findings)

    @property
    def causes(self) -> str:
        """What decides the refuted cases, and how many of them; empty where none is refuted."""
        counts = causes(reviews(self.findings, self.reviewed))
        told = ", ".join(f"{count} {cause}" for cause, count in counts.items())
        return f"What decides the refuted cases: {told}." if told else ""

    def reviews_of(self, finding: Finding) -> list[Review]:
        """Return the refuted cases of a finding, each with what was found when somebody looked for the reason."""
        return reviews([finding], self.reviewed)

    @property
    def reported(self) -> list[Finding]:
        """What was measured without an expectation."""
        return findings.with_status(self.findings, Status.REPORTED)

    @property
    def unjudged(self) -> list[tuple[str, list[Finding]]]:
        """The findings that are not measured, and not applicable."""
        return [(status.value, findings.with_status(self.findings, status)) for status in _UNJUDGED]

    @property
    def changes(self) -> list[Change]:
        """The cases that were measured before as well, and otherwise."""
        if not self.before:
            return []
        return changes(self.before.verdicts.judged, [case for finding in self.findings for case in finding.cases])

    @property
    def broken(self) -> list[Change]:
        """The cases that held before and are refuted now."""
        return [change for change in self.changes if change.broken]

    @property
    def compared(self) -> str:
        """What the findings were compared with."""
        return f"against {self.before.name}" if self.before else ""

    @property
    def unchanged(self) -> str:
        """What to say where nothing changed; empty where there is nothing to compare with."""
        if not self.before:
            return ""
        if not {each.scale for each in self.before.verdicts.judged} & {self.scale}:
            return f"The verdicts before were at scale {self.before.verdicts.scale}, and are not compared."
        return "Nothing: every case that was measured both times has the same verdict, on intervals that overlap."


def _cases(count: int) -> str:
    return f"{count} case" if count == 1 else f"{count} cases"


def page_of(reader: Reader, scale: str, before: Before | None) -> Page:
    """Judge and draw all that a store holds; the findings are left out where nothing of any is measured."""
    evaluator = Evaluator(reader, scale)
    judged = evaluator.judge_all()
    views = [evaluator.shared(view) for view in in_each_precision(reader, scale)]
    sections = [section(source, scale, views) for source in sources() if source.figures]
    used = set().union(
        *(view.used for view in views), *(each.measurements.used for each in judged if each.measurements)
    )
    others = studies_of(reader, leftovers(reader, scale, used, evaluator.asked))
    if not used:
        return Page(others)
    return Page(
        studies=others,
        scale=scale,
        findings=findings.findings_of(judged),
        before=before,
        sources=sections,
        contradictions=contradictions.contradictions(findings.findings_of(judged)),
        provenance=provenance_of(reader, used, before.since if before else ""),
        reviewed=refutations.read(refutations.FILE),
    )
