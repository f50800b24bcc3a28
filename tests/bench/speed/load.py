"""A store of very many outcomes, and what the commands take on it: seconds, processor, memory and page.

Each is a process of its own, as a user starts it. What is aimed at is the time of the processor: that by the clock is
the same on a machine that does nothing else. With ``--beside`` the same is measured of another checkout, in turn.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from dqsuite.experiment.store import Store
from speed.fabricated import fill_load
from speed.figure import Figure, quantity
from speed.settings import Settings

COUNT = 100_000
MODELS = ("lenet", "lenet5", "custom", "resnet18", "googlenet")
LEVELS = tuple(f"{level / 1000}" for level in range(1, 100))
_PLANNED = LEVELS[:98]
_FEW, _STORED = LEVELS[:1], LEVELS[:97]  # of runs of which all is stored, with 3 repeats: 6 cells, and 294
_REPEATS = 3
_MEMORY = 500  # MB at most, of any of them


@dataclass(frozen=True)
class Taken:
    """What a process took: seconds by the clock and of the processor, and memory at its peak in MB."""

    seconds: float
    processor: float
    memory: float


@dataclass(frozen=True)
class Side:
    """A checkout whose commands are measured on a store, and a folder for what they write.

    `share` is the part of 100,000 outcomes that the store has, `repeats` those of each condition of its grid.
    """

    checkout: Path
    store: Path
    folder: Path
    share: float
    repeats: int

    def command(self, *arguments: str, store: Path | None = None) -> Taken:
        """Run ``dqsuite ARGUMENTS`` on the store, or on another one. Raises RuntimeError where it fails."""
        environment = os.environ | {"PYTHONPATH": str(self.checkout), "DQSUITE_STORE": str(store or self.store)}
        log = self.folder / "log"
        began = time.perf_counter()
        with log.open("wb") as out:
            redirected = [(os.POSIX_SPAWN_DUP2, out.fileno(), handle) for handle in (1, 2)]
            line = [sys.executable, "-m", "dqsuite", *arguments]
            process = os.posix_spawn(sys.executable, line, environment, file_actions=redirected)
            _, status, used = os.wait4(process, 0)
        if os.waitstatus_to_exitcode(status):
            raise RuntimeError(f"dqsuite {' '.join(arguments[:3])} failed: {log.read_text()[-1000:]}")
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return Taken(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)

    def limit(self, most: float, start: float) -> float:
        """Return the most seconds on this store, of which those of the start do not go by the number of outcomes."""
        return start + (most - start) * self.share


def measure(settings: Settings) -> Iterator[Figure]:
    """Yield what a store of 100,000 outcomes costs the commands that read it."""
    with tempfile.TemporaryDirectory() as folder:
        yield from measure_in(Path(folder), COUNT, settings.beside)


def measure_in(folder: Path, count: int, beside: str = "") -> Iterator[Figure]:
    """Yield it of a store of that many outcomes, which is made in an empty folder."""
    store = folder / "store"
    repeats = fill_load(Store(store), count, MODELS, LEVELS)
    checkouts = [Path(__file__).parents[3], *([Path(beside)] if beside else [])]
    sides = [Side(checkout, store, folder / f"{at}", count / COUNT, repeats) for at, checkout in enumerate(checkouts)]
    for side in sides:
        side.folder.mkdir()
    for part in (_plan, _claims, _stored_cells, _report, _evidence):
        own, *others = [part(side) for side in sides]
        for name, (value, unit, most) in own.items():
            note = "".join(f"before: {quantity(other[name][0], unit)}" for other in others)
            yield Figure(name, [value], unit, most=most, note=note)


Measured = dict[str, tuple[float, str, float]]
"""Numbers by their names, with units and the most that each should be."""


def _costs(name: str, taken: Taken, most: float = inf) -> Measured:
    return {
        f"{name}, by the clock": (taken.seconds, "s", inf),
        f"{name}, processor": (taken.processor, "s", most),
        f"{name}, memory": (taken.memory, "MB", _MEMORY),
    }


def _plan(side: Side) -> Measured:
    repeats = side.repeats + side.repeats // 39  # 200 of 195: a few are still to be trained
    cells = len(MODELS) * (len(_PLANNED) + 1) * repeats
    return _costs(
        f"plan of {cells:,} cells", side.command("plan", *_grid(MODELS, _PLANNED, repeats)), side.limit(2, 1.5)
    )


def _claims(side: Side) -> Measured:
    shutil.rmtree(side.store / "verdicts", ignore_errors=True)
    return _costs("claims, the first time", side.command("claims"), side.limit(15, 12))


def _stored_cells(side: Side) -> Measured:
    page = str(side.folder / "run.html")
    few, many = (side.command("run", *_grid(MODELS[:1], levels, _REPEATS), "--out", page) for levels in (_FEW, _STORED))
    more = _REPEATS * (len(_STORED) - len(_FEW))
    cells = _REPEATS * (len(_STORED) + 1)
    each = {"each stored cell more": (1000 * (many.processor - few.processor) / more, "ms", 2.0)}
    return _costs(f"run of {cells} stored cells", many) | each


def _report(side: Side) -> Measured:
    page = side.folder / "report" / "index.html"
    found = _costs("report", side.command("report", "--out", str(page)), side.limit(20, 12))
    return found | {"report, page": (page.stat().st_size / 1e6, "MB", 5.0)}


def _evidence(side: Side) -> Measured:
    file, empty = side.folder / "evidence.zip", side.folder / "empty"
    arguments = ("evidence", "import", str(file))
    found = _costs("evidence export", side.command("evidence", "export", str(file)))
    found |= _costs("import of what is all there", side.command(*arguments), side.limit(10, 2))
    return found | _costs("import into an empty store", side.command(*arguments, store=empty))


def _grid(models: Sequence[str], levels: Sequence[str], repeats: int) -> list[str]:
    named = [part for model in models for part in ("--model", model)]
    corrupt = f"shuffle:{','.join(levels)}"
    return ["--dataset", "digits", *named, "--corrupt", corrupt, "--repeats", f"{repeats}", "--recipe", "lie-lenet"]
