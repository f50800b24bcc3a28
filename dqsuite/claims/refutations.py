"""The reviewed refutations: findings that are known not to hold, each with the evidence that somebody looked at.

``refutations.json`` is a list of entries with these fields, none of which may be left out:

- claim, case, scale: which case; a finding of one case has the empty name
- verdict: always "refuted"
- effect, interval: what was measured, null where there is none
- cause: what decides, as far as anybody knows: one of `CAUSES`
- reason: what was found when somebody looked for it
- evidence: a digest over the names of the outcomes that were judged, which stand for cells, versions and data set

A failing case prints its entry, ready to be pasted, but for the cause and the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from dqsuite.claims import CLAIMS
from dqsuite.claims.evaluate import Judged
from dqsuite.claims.scales import SCALES
from dqsuite.core.errors import DqError
from dqsuite.statistics.verdict import Status

FILE = Path(__file__).with_name("refutations.json")
CAUSES = {
    "scale": "a matter of the scale",
    "recipe": "a matter of what the source leaves open",
    "source": "a slip of the source",
    "finding": "the finding itself",
}
"""What decides: the size of our trainings, a formula or recipe of our choice, the source's own words, or the world."""


@dataclass(frozen=True)
class Refutation:
    """One entry; see the module's head."""

    claim: str
    case: str
    scale: str
    verdict: str
    effect: float | None
    interval: tuple[float, float] | None
    cause: str
    reason: str
    evidence: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Which case it is."""
        return self.claim, self.case, self.scale


@dataclass(frozen=True)
class Flip:
    """A case whose verdict is not the reviewed one, or rests on other evidence."""

    judged: Judged
    reviewed: bool

    def describe(self) -> str:
        """Return what flipped, in a few words."""
        if not self.reviewed:
            return "newly refuted"
        if self.judged.verdict.status is Status.REFUTED:
            return "refuted as reviewed, but on other evidence: is the reason still right?"
        return f"refuted as reviewed, now {self.judged.verdict.status.value}"


def read(path: Path) -> list[Refutation]:
    """Read the reviewed refutations.

    Raises
    ------
    DqError
        The file is no list of entries, or an entry names an unknown claim, case or scale or lacks a field.
    """
    try:
        return [_entry(each) for each in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DqError(
            f"{path.name} is no list of reviewed refutations ({error})", "see dqsuite.claims.refutations"
        ) from (error)
    except DqError as error:
        raise DqError(f"{path.name}: {error.cause}", error.mend) from error


def flips(judged: Iterable[Judged], reviewed: Iterable[Refutation]) -> list[Flip]:
    """Return what is refuted and was not reviewed, then what differs from the review, or has other evidence."""
    known = {each.key: each.evidence for each in reviewed}
    told = [each for each in judged if each.verdict.status not in (Status.NOT_MEASURED, Status.NOT_APPLICABLE)]
    found = [Flip(each, (each.claim, each.case, each.scale) in known) for each in told]
    return sorted((flip for flip in found if _differs(flip, known)), key=lambda flip: flip.reviewed)


def _differs(flip: Flip, known: Mapping[tuple[str, str, str], str]) -> bool:
    judged = flip.judged
    if flip.reviewed is not (judged.verdict.status is Status.REFUTED):
        return True
    return flip.reviewed and judged.evidence not in ("", known[judged.claim, judged.case, judged.scale])


def entry(judged: Judged) -> str:
    """Return the entry of a refuted case as JSON; the reason is for a person to write."""
    verdict = judged.verdict
    interval = None if verdict.low is None or verdict.high is None else (_short(verdict.low), _short(verdict.high))
    effect = None if verdict.effect is None else _short(verdict.effect)
    found = Refutation(judged.claim, judged.case, judged.scale, "refuted", effect, interval, "", "", judged.evidence)
    return json.dumps(asdict(found))


def _short(number: float) -> float:
    return float(f"{number:.4g}")


def _entry(plain: dict[str, Any]) -> Refutation:
    missing = [field.name for field in fields(Refutation) if field.name not in plain]
    if missing:
        raise DqError(f"an entry lacks {', '.join(missing)}", "take what the failing test prints")
    found = Refutation(**plain)
    where = f"the entry of {found.claim}{f', {found.case}' if found.case else ''}"
    if found.case not in (names := [name for name, _ in CLAIMS[found.claim].named_cases()]):
        raise DqError(f"{found.claim} has no case {found.case!r}", f"its cases are {', '.join(map(repr, names))}")
    SCALES[found.scale]  # raises what the reader needs where there is none such
    if found.verdict != Status.REFUTED:
        raise DqError(f"{where} has the verdict {found.verdict!r}", "only refuted ones are reviewed")
    if found.cause not in CAUSES:
        raise DqError(f"{where} has the cause {found.cause!r}", f"choose one of {', '.join(CAUSES)}")
    if not found.reason or not found.evidence:
        raise DqError(f"{where} has no {'evidence' if found.reason else 'reason'}", "look for the reason, and write it")
    return found
