"""All findings on one page of Markdown: a column a scale, ours beside the published number, and what decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dqsuite.claims.evaluate import Judged
from dqsuite.claims.refutations import Refutation
from dqsuite.claims.source import Source, sources
from dqsuite.report.contradictions import Contradiction, contradictions
from dqsuite.report.findings import Finding, findings_of
from dqsuite.report.reviews import Review, causes, reviews
from dqsuite.statistics.verdict import METHOD, Status, Verdict

_UNJUDGED = (Status.NOT_MEASURED, Status.NOT_APPLICABLE)
_COUNTED = (Status.HOLDS, Status.REFUTED, Status.INCONCLUSIVE, Status.REPORTED)
_HEAD = """# Do the published findings hold?

What the outcomes in `reports/evidence/` say, at each scale: *full* is the sources' own protocols, *medium* and *quick*
are smaller, and what they say is about their size. At medium LeNet has its own width and all 50,000 images, the deeper
models an eighth to a half of their width and 5,000 or 10,000 images: what compares models there compares these too.
After `dqsuite evidence import` of these files into a new store `dqsuite claims --markdown` prints this page.
"""
_READING = f"""{METHOD} Published numbers are in the unit of ours beside them. A finding with many cases is refuted if
one is, and holds if all do. Cases of ours do not decide; a *control* is one that changes what the finding may hang on:
*updates* makes as many of them on less data, *plain* is without augmentation, *best* and *last* judge the other epoch.
"""

Scales = Mapping[str, Sequence[Finding]]


def findings_page(judged: Mapping[str, Sequence[Judged]], reviewed: Sequence[Refutation]) -> str:
    """Return the page.

    Parameters
    ----------
    judged : mapping
        Scale to the verdicts on every case of every claim.
    reviewed : sequence of Refutation
        The reviewed refutations, whose reasons are told.
    """
    scales = {scale: findings_of(cases) for scale, cases in judged.items()}
    parts = [_HEAD, _counts(scales), _READING]
    parts += [part for source in sources() for part in _section(source, scales)]
    refuted = {scale: reviews(findings, reviewed) for scale, findings in scales.items()}
    parts += ["## Refuted\n", _causes(refuted)]
    parts += [part for scale, found in refuted.items() for part in _refuted(scale, found)]
    parts += ["## Findings that cannot both be true\n", *_contradictory(scales)]
    return "\n".join(parts).rstrip("\n") + "\n"


def _counts(scales: Scales) -> str:
    """Count the sources' own cases by verdict."""
    rows = [[source.title, *(_count(source, found) for found in scales.values())] for source in sources()]
    return _table(["source: cases", *scales], rows)


def _count(source: Source, findings: Sequence[Finding]) -> str:
    cases = [case for each in findings if each.claim in source.claims for case in each.cases if not case.ours]
    counts = Counter(case.verdict.status for case in cases)
    told = [f"{counts[status]} {status}" for status in (*_COUNTED, Status.NOT_MEASURED) if counts[status]]
    return ", ".join(told) or Status.NOT_APPLICABLE


def _section(source: Source, scales: Scales) -> Iterator[str]:
    yield f"## {source.title}{f' ({source.by})' if source.by else ''}\n"
    rows = [row for claim in source.claims for row in _rows({scale: _of(claim.id, scales[scale]) for scale in scales})]
    yield _table(["finding", "published", *scales], rows)


def _of(identity: str, findings: Sequence[Finding]) -> Finding:
    return next(each for each in findings if each.claim.id == identity)


def _rows(finding: Mapping[str, Finding]) -> Iterator[list[str]]:
    """Yield a row for the finding, and one for each of its cases that has a published number or is a control."""
    claim = next(iter(finding.values())).claim
    single = len(claim.published) == 1 and "" in claim.published
    number = f"{claim.published['']:.4g}" if single else ""
    yield [f"`{claim.id}`: {claim.finding}", number, *map(_told, finding.values())]
    for name, case in claim.named_cases():
        cells = [next((_case(each.verdict) for each in one.cases if each.case == name), "") for one in finding.values()]
        if "control" in case and set(cells) - set(_UNJUDGED):
            yield [f"— control {name}", "", *cells]
        elif name in claim.published and not single:
            yield [f"— {name}", f"{claim.published[name]:.4g}", *cells]


def _told(finding: Finding) -> str:
    """Return the finding's verdict: the numbers of its only own case, or how many of those at this scale say what."""
    cases = [case for case in finding.cases if case.verdict.status is not Status.NOT_APPLICABLE]
    if not cases:
        return Status.NOT_APPLICABLE
    here = Finding(finding.claim, cases)
    tally = here.tally
    status = here.verdict.status
    if status in _UNJUDGED:
        return status
    if len(cases) == 1:
        return _case(cases[0].verdict)
    if len(own := [case for case in cases if not case.ours]) == 1:
        return f"{_case(own[0].verdict)}; {tally}"
    return tally if tally.startswith(status) else f"{status}: {tally}"


def _case(verdict: Verdict) -> str:
    """Return the verdict on a case with its numbers."""
    if verdict.status in _UNJUDGED or verdict.effect is None:
        return verdict.status
    unit = f" {verdict.unit}" if verdict.unit else ""
    ends = "" if verdict.low is None or verdict.high is None else f" ({verdict.low:.3g} to {verdict.high:.3g})"
    return f"{verdict.status}: {verdict.effect:.3g}{unit}{ends}"


def _causes(found: Mapping[str, Sequence[Review]]) -> str:
    """Return a table of what decides the refuted cases: how many at each scale, ours included."""
    counts = [causes(each) for each in found.values()]
    everywhere = causes([review for each in found.values() for review in each])
    rows = [[cause, *(str(count.get(cause, "")) for count in counts)] for cause in everywhere]
    return _table(["what decides: cases, ours included", *found], rows) if rows else "None is.\n"


def _refuted(scale: str, found: Sequence[Review]) -> Iterator[str]:
    """Yield a paragraph for each case that is refuted at a scale, with the reason that somebody found for it."""
    for review in found:
        case = review.case
        named = f"`{case.claim}`{f' {case.case}' if case.case else ''}, {scale}{' (ours)' if case.ours else ''}"
        yield f"**{named}**, {_case(case.verdict)}: {review.reason}\n"


def _contradictory(scales: Scales) -> Iterator[str]:
    """Yield a paragraph for each contradiction: both sides, why not both, and what each scale says."""
    for found in zip(*(contradictions(findings) for findings in scales.values()), strict=True):
        first = found[0]
        sides = [f"`{side.claim.id}` ({side.claim.finding})" for side in (first.one, first.other) if side]
        yield f"{' against '.join(filter(None, [*sides, first.statement]))}. {first.why}".rstrip() + "\n"
        told = [f"- {scale}: {_both(each)}\n" for scale, each in zip(scales, found, strict=True) if _is_told(each)]
        yield "".join(told or ["Neither is measured yet.\n" if first.other else "It is not measured yet.\n"])


def _both(found: Contradiction) -> str:
    return "; ".join(f"`{side.claim.id}` {_told(side)}" for side in (found.one, found.other) if side)


def _is_told(found: Contradiction) -> bool:
    return any(side and side.verdict.status not in _UNJUDGED for side in (found.one, found.other))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([text.replace("|", "\\|") for text in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
