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


def show(evaluator: Evaluator, claims: Iterable[Claim], out: Console, say: Say, *, as_json: bool = False) -> None:
    """Print the repeats that would decide each inconclusive case, those that need the fewest more of them first."""
    count, cases = needed(evaluator, claims)
    found = sorted(_told(cases, count, say), key=lambda each: further(each.power))
    if as_json:
        print(json.dumps({"scale": evaluator.scale, "cases": [each.to_json() for each in found]}))
        return
    title = f"inconclusive cases at scale {evaluator.scale}, and the repeats that would decide 80% of such studies"
    shown = Table("claim", "case", "stored", "would be decided by", "seconds", title=plain(title))
    for each in found:
        power = each.power
        row = [each.judged.claim, each.judged.case, str(power.stored), power.describe(), f"{power.seconds:.1f}"]
        shown.add_row(*map(plain, row))
    out.print(shown)


def _told(cases: Iterator[Needed], count: int, say: Say) -> Iterator[Needed]:
    """Yield the cases, and say a line about each."""
    for place, each in enumerate(cases, 1):
        seconds = f"{each.power.seconds:.0f} s"
        say(f"{place} of {count}: {each.judged.claim} {each.judged.case}: {each.power.describe()} ({seconds})")
        yield each
