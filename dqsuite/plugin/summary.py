"""What is said at the end of a session: on the terminal, and in Markdown for a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dqsuite.core import escapes
from dqsuite.statistics.verdict import METHOD, Status, Verdict

if TYPE_CHECKING:
    from dqsuite.claims.evaluate import Judged
    from dqsuite.claims.refutations import Flip

_SHOWN = (Status.REFUTED, Status.INCONCLUSIVE, Status.REPORTED)
_FLIPPED = "flipped against the reviewed refutations"


def lines(judged: Sequence[Judged], flips: Sequence[Flip]) -> Iterator[str]:
    """Yield the lines of the terminal: counts, what flipped, what is refuted, cannot be told or is only reported."""
    for status in Status:
        reasons = Counter(_reason(each.verdict) for each in judged if each.verdict.status is status)
        yield from (f"{count:5} {status.value}{reason}" for reason, count in reasons.items())
    if flips:
        yield f"{_FLIPPED}:"
        yield from (f"  {_name(flip.judged)}, {flip.describe()}: {flip.judged.verdict.describe()}" for flip in flips)
    shown = [each for each in judged if each.verdict.status in _SHOWN]
    yield from (f"{_name(each)}: {each.verdict.describe()}" for each in shown)
    if any(each.verdict.low is not None for each in shown):
        yield METHOD


def markdown(scale: str, judged: Sequence[Judged], flips: Sequence[Flip]) -> str:
    """Return the same for a pull request: counts, what flipped, and the rest as a table."""
    counts = Counter(each.verdict.status for each in judged)
    parts = [
        f"### Published findings at scale {scale}",
        ", ".join(f"{counts[status]} {status.value}" for status in Status if counts[status]),
    ]
    if flips:
        told = [
            f"- {_code(flip.judged)}, {escapes.markdown(f'{flip.describe()}: {flip.judged.verdict.describe()}')}"
            for flip in flips
        ]
        parts.append("\n".join([f"**{_FLIPPED.capitalize()}**\n", *told]))
    if rows := [_row(each) for status in _SHOWN for each in judged if each.verdict.status is status]:
        head = ["| finding | verdict | effect | interval | repeats | scale |", "|---|---|---|---|---|---|"]
        parts += ["\n".join([*head, *rows]), METHOD]
    return "\n\n".join(parts) + "\n"


def _reason(verdict: Verdict) -> str:
    """Return why nothing was measured, which many cases share."""
    return f": {verdict.note}" if verdict.status is Status.NOT_MEASURED and verdict.note else ""


def _row(judged: Judged) -> str:
    verdict = judged.verdict
    effect = "" if verdict.effect is None else f"{verdict.effect:.3g} {verdict.unit}".strip()
    interval = "" if verdict.low is None or verdict.high is None else f"{verdict.low:.3g} to {verdict.high:.3g}"
    cells = (_code(judged), verdict.status.value, escapes.markdown(effect), interval, str(verdict.n), judged.scale)
    return f"| {' | '.join(cells)} |"


def _name(judged: Judged) -> str:
    return f"{judged.claim} {judged.case}".strip() + (" (ours)" if judged.ours else "")


def _code(judged: Judged) -> str:
    return escapes.code(_name(judged))
