"""Findings of the sources that cannot both be true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dqsuite.report.findings import Finding


@dataclass(frozen=True)
class Contradiction:
    """Two findings, or a finding and a statement that stands against it, and why they cannot both be true."""

    one: Finding
    other: Finding | None
    statement: str
    why: str


_WHY = {
    "lie1-bird-most-hit": "Only one class can lose the most.",
    "lie1-different-ways": "The same classes, or other ones.",
    "poisoning-robust-half": "The one study keeps the best epoch, the other trains until the labels are memorised.",
    "poisoning-mnist-80": "MNIST at 15% wrong labels is at chance, or at 80% still close to 90%.",
    "he-salt-pepper-no-help": "Two places of one paper.",
    "he-brightness-no-help": "Two places of one paper.",
}
_TENSION = (
    "lie3-noise-hurts-more",
    "poisoning-more-beats-better",
    "A tension, no contradiction: quality, or quantity.",
)
_STATEMENTS = {
    "he-mnist-size-mild": "the abstract: all four aspects have a decisive impact on the quality of models",
    "lie1-directional": "the conclusion of the same article: cross-class confusion was non-directional",
}


def contradictions(findings: Sequence[Finding]) -> list[Contradiction]:
    """Return the contradictions, each once."""
    known = {finding.claim.id: finding for finding in findings}
    pairs = {frozenset((each.claim.id, each.claim.contradicts)): each for each in findings if each.claim.contradicts}
    found = [_pair(known, each.claim.id, each.claim.contradicts, _why(each)) for each in pairs.values()]
    found.append(_pair(known, *_TENSION))
    found += [Contradiction(known[one], None, text, "") for one, text in _STATEMENTS.items()]
    return found


def _pair(known: Mapping[str, Finding], one: str, other: str, why: str) -> Contradiction:
    return Contradiction(known[one], known[other], "", why)


def _why(finding: Finding) -> str:
    return _WHY.get(finding.claim.id) or _WHY.get(finding.claim.contradicts, "")
