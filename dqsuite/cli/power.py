"""What `dqsuite claims --power` prints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.table import Table

from dqsuite.claims.claim import Claim
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.power import Needed, further, needed
from dqsuite.cli.texts import plain
from dqsuite.results.reader import Say


def show(evaluator: Evaluator, claims: Iterable[Claim], out: Console, say: Say, form: str = "") -> None:
    """Print the repeats that would decide each inconclusive case, those that need the fewest more of them first.

    `form` is ``json``, ``markdown`` or, for a terminal, empty.
    """
    count, cases = needed(evaluator, claims)
    found = sorted(_told(cases, count, say), key=lambda each: further(each.power))
    if form == "json":
        print(json.dumps({"scale": evaluator.scale, "cases": [each.to_json() for each in found]}))
        return
    if form == "markdown":
        print("\n".join(_rows(found)))
        return
    title = f"inconclusive cases at scale {evaluator.scale}, and the repeats that would decide 80% of such studies"
    shown = Table("claim", "case", "stored", "would be decided by", "seconds", title=plain(title))
    for each in found:
        power = each.power
        row = [each.judged.claim, each.judged.case, str(power.stored), power.describe(), f"{power.seconds:.1f}"]
        shown.add_row(*map(plain, row))
    out.print(shown)


def _rows(found: Iterable[Needed]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield "| finding | case | effect now | repeats now | would be decided by |"
    yield "|---|---|---|---|---|"
    for each in found:
        judged, power = each.judged, each.power
        effect = judged.verdict.describe().removeprefix(f"{judged.verdict.status.value} ")
        yield f"| `{judged.claim}` | {judged.case} | {effect} | {power.stored} | {power.describe()} |"


def _told(cases: Iterator[Needed], count: int, say: Say) -> Iterator[Needed]:
    """Yield the cases, and say a line about each."""
    for place, each in enumerate(cases, 1):
        seconds = f"{each.power.seconds:.0f} s"
        say(f"{place} of {count}: {each.judged.claim} {each.judged.case}: {each.power.describe()} ({seconds})")
        yield each
