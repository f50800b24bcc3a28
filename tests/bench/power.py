"""How often each finding's judge says *holds* where the finding is true, in this version and in an earlier one.

``python tests/bench/power.py`` prints the tables of `docs/power.md`. The worlds are those of
`tests/support/claimed_worlds.py`; both versions judge the same predictions. The earlier one is taken from git, and
judges in a process of its own.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "support"))

from claimed_worlds import ROWS  # noqa: E402
from simulated_world import Claimed, World  # noqa: E402
from six_statements import SIX  # noqa: E402

from dqsuite.claims import CLAIMS  # noqa: E402

BEFORE = "5e8b406"
"""The commit of the version whose power stands in the column *before*."""
ENOUGH = 0.8
LADDER = (7, 10, 15, 20, 30, 50, 100)
SEARCHED = 40
"""Worlds for each number of repeats that is tried."""

LONGEST = 60
"""Seconds for the worlds of one row."""

Share = Sequence[float] | None  # of worlds, and their number


def judged() -> list[Claimed]:
    """Return all worlds: those of the rows, then those of the six statements."""
    return [*ROWS, *SIX.values()]


def holds(claimed: Claimed, seed: int, repeats: int = 0) -> bool | None:
    """Tell whether one study of a world says that the finding holds; None where this version has no such case."""
    if claimed.claim not in list(CLAIMS):  # which offers the nearest name where it is asked for an unknown one
        return None
    claim = CLAIMS[claimed.claim]
    cases = [case for case in claim.cases if case == claimed.case or len(claim.cases) == 1]
    if not cases:
        return None
    found = claim.judge(World(claimed, repeats or claimed.repeats, seed), **cases[0]).verdict()
    return found.status.value == "holds"


def share(place: int, worlds: int) -> tuple[float, int] | None:
    """Return in which share of how many worlds a finding is said to hold; None where this version has no such case."""
    began, found = time.monotonic(), list[bool | None]()
    while len(found) < worlds and time.monotonic() - began < LONGEST:
        found.append(holds(judged()[place], len(found)))
    return None if None in found else (sum(map(bool, found)) / len(found), len(found))


def needed(place: int) -> str:
    """Return the least repeats of the ladder of which 80% of studies say *holds*, found by bisection."""
    claimed = judged()[place]
    began = time.monotonic()
    holds(claimed, 0)
    if (time.monotonic() - began) * SEARCHED > LONGEST:
        return "not searched: its judge is slow"
    ladder = [repeats for repeats in LADDER if repeats > claimed.repeats]
    low, high = 0, len(ladder)
    while low < high:
        middle = (low + high) // 2
        if _enough(claimed, ladder[middle]):
            high = middle
        else:
            low = middle + 1
    if low < len(ladder):
        return str(ladder[low])
    return f"over {ladder[-1]}" if _enough(claimed, ladder[-1], planned_repeats=1000) else "never"


def _enough(claimed: Claimed, repeats: int, planned_repeats: int = 0) -> bool:
    missed = 0
    for seed in range(SEARCHED):
        if planned_repeats:
            from dqsuite.statistics.planned import planned

            with planned(planned_repeats, seed):
                missed += not holds(claimed, seed, repeats)
        else:
            missed += not holds(claimed, seed, repeats)
        if missed > (1 - ENOUGH) * SEARCHED:
            return False
    return True


def shares(places: Sequence[int], worlds: int, jobs: int) -> Iterator[Share]:
    """Yield the share of each, and say each on the way."""
    with ProcessPoolExecutor(jobs) as pool:
        for place, found in zip(places, pool.map(share, places, [worlds] * len(places)), strict=True):
            print(f"{judged()[place].claim} {judged()[place].name}: {found}", file=sys.stderr, flush=True)
            yield found


def shares_before(options: argparse.Namespace) -> list[Share]:
    """Return what the earlier version says of all of them."""
    with tempfile.TemporaryDirectory() as folder:
        tree = subprocess.run(["git", "archive", BEFORE, "dqsuite"], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(tree)) as archive:
            archive.extractall(folder, filter="data")
        command = [sys.executable, __file__, "--shares", f"--worlds={options.worlds}", f"--jobs={options.jobs}"]
        command += [f"--only={options.only}"] * bool(options.only)
        environment = os.environ | {"PYTHONPATH": folder}
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        return list(json.loads(done.stdout))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=200, help="of each row (default: 200)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    parser.add_argument("--only", default="", help="the rows whose name begins so")
    parser.add_argument("--shares", action="store_true", help="print the shares of this version alone, as JSON")
    options = parser.parse_args()
    places = [place for place, each in enumerate(judged()) if each.claim.startswith(options.only)]
    if options.shares:
        print(json.dumps(list(shares(places, options.worlds, options.jobs))))
        return
    before, now = shares_before(options), list(shares(places, options.worlds, options.jobs))
    short = [place for place, found in zip(places, now, strict=True) if found and found[0] < ENOUGH]
    with ProcessPoolExecutor(options.jobs) as pool:
        repeats = dict(zip(short, pool.map(needed, short), strict=True))
    _print(places, before, now, repeats)


def _print(places: list[int], before: list[Share], now: list[Share], repeats: dict[int, str]) -> None:
    percents = {
        place: [*map(_percent, both)] for place, both in zip(places, zip(before, now, strict=True), strict=True)
    }
    print("| row | case | size | before | now | repeats for 80% |", "|---|---|---|---|---|---|", sep="\n")
    for place, found in percents.items():
        if place < len(ROWS):
            each = ROWS[place]
            enough = repeats.get(place, str(each.repeats))
            print(f"| {' | '.join([each.claim, each.name, each.size, *found, enough])} |")
    print("", "| statement | before | now |", "|---|---|---|", sep="\n")
    for place, name in enumerate(SIX, len(ROWS)):
        if place in percents:
            print(f"| {' | '.join([name, *percents[place]])} |")


def _percent(found: Share) -> str:
    return "–" if not found else f"{100 * found[0]:.0f}%" + f" of {found[1]}" * (found[1] < SEARCHED)


if __name__ == "__main__":
    main()
