"""What is said at the end of a session: on the terminal, and in Markdown for a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dqsuite.statistics.verdict import Status, Verdict

if TYPE_CHECKING:
    from dqsuite.claims.evaluate import Judged
    from dqsuite.claims.refutations import Flip

_SHOWN = (Status.REFUTED, Status.INCONCLUSIVE)
_FLIPPED = "flipped against the reviewed refutations"


def lines(judged: Sequence[Judged], flips: Sequence[Flip]) -> Iterator[str]:
    """Yield the lines of the terminal: counts, what flipped, what is refuted or cannot be told."""
    for status in Status:
        reasons = Counter(_reason(each.verdict) for each in judged if each.verdict.status is status)
        yield from (f"{count:5} {status.value}{reason}" for reason, count in reasons.items())
    if flips:
        yield f"{_FLIPPED}:"
        yield from (f"  {_name(flip.judged)}, {flip.describe()}: {flip.judged.verdict.describe()}" for flip in flips)
    for each in judged:
        if each.verdict.status in _SHOWN:
            yield f"{_name(each)}: {each.verdict.describe()}"


def markdown(scale: str, judged: Sequence[Judged], flips: Sequence[Flip]) -> str:
    """Return the same for a pull request: counts, what flipped, a table of what is refuted or cannot be told."""
    counts = Counter(each.verdict.status for each in judged)
    parts = [
        f"### Published findings at scale {scale}",
        ", ".join(f"{counts[status]} {status.value}" for status in Status if counts[status]),
    ]
    if flips:
        told = [f"- {_code(flip.judged)}, {flip.describe()}: {flip.judged.verdict.describe()}" for flip in flips]
        parts.append("\n".join([f"**{_FLIPPED.capitalize()}**\n", *told]))
    if rows := [_row(each) for status in _SHOWN for each in judged if each.verdict.status is status]:
        head = ["| finding | verdict | effect | 95% interval | repeats | scale |", "|---|---|---|---|---|---|"]
        parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts) + "\n"


def _reason(verdict: Verdict) -> str:
    """Return why nothing was measured, which many cases share."""
    return f": {verdict.note}" if verdict.status is Status.NOT_MEASURED and verdict.note else ""


def _row(judged: Judged) -> str:
    verdict = judged.verdict
    effect = "" if verdict.effect is None else f"{verdict.effect:.3g} {verdict.unit}".strip()
    interval = "" if verdict.low is None or verdict.high is None else f"{verdict.low:.3g} to {verdict.high:.3g}"
    cells = (_code(judged), verdict.status.value, effect, interval, str(verdict.n), judged.scale)
    return f"| {' | '.join(cells)} |"


def _name(judged: Judged) -> str:
    return f"{judged.claim} {judged.case}".strip()


def _code(judged: Judged) -> str:
    return f"`{_name(judged)}`"
