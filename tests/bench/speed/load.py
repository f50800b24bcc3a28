"""A store of very many outcomes, and what the commands take on it: seconds, processor, memory and page.

Each is a process of its own, as a user starts it. With ``--beside`` the same is measured of another checkout, in turn.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dqsuite.experiment.store import Store
from speed.fabricated import fill_load
from speed.figure import Figure, quantity
from speed.settings import Settings

COUNT = 100_000
MODELS = ("lenet", "lenet5", "custom", "resnet18", "googlenet")
LEVELS = tuple(f"{level / 1000}" for level in range(1, 100))
_STORED, _FEW = 97, 1  # levels of a run of which all is stored, by 3 repeats: 294 cells, and 6
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
    """A checkout whose commands are measured, on a store, with a folder for what they write."""

    checkout: Path
    store: Path
    folder: Path

    def command(self, *arguments: str, store: Path | None = None) -> Taken:
        """Run ``dqsuite ARGUMENTS`` on the store, or on another one. Raises RuntimeError where it fails."""
        environment = os.environ | {"PYTHONPATH": str(self.checkout), "DQSUITE_STORE": str(store or self.store)}
        log = self.folder / "log"
        began = time.perf_counter()
        with log.open("wb") as out:
            redirected = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, out.fileno(), 2)]
            line = [sys.executable, "-m", "dqsuite", *arguments]
            process = os.posix_spawn(sys.executable, line, environment, file_actions=redirected)
            _, status, used = os.wait4(process, 0)
        if os.waitstatus_to_exitcode(status):
            raise RuntimeError(f"dqsuite {' '.join(arguments[:3])} failed: {log.read_text()[-1000:]}")
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return Taken(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def measure(settings: Settings) -> Iterator[Figure]:
    """Yield what a store of 100,000 outcomes costs the commands that read it."""
    with tempfile.TemporaryDirectory() as folder:
        yield from measure_in(Path(folder), COUNT, settings.beside)


def measure_in(folder: Path, count: int, beside: str = "") -> Iterator[Figure]:
    """Yield it of a store of that many outcomes, which is made in an empty folder."""
    store = folder / "store"
    repeats = fill_load(Store(store), count, MODELS, LEVELS)
    checkouts = [Path(__file__).parents[3], *([Path(beside)] if beside else [])]
    sides = [Side(checkout, store, folder / f"{at}") for at, checkout in enumerate(checkouts)]
    for side in sides:
        side.folder.mkdir()
    share = count / COUNT
    for part in (_plan, _claims, _stored_cells, _report, _import):
        yield from _told(part, sides, share, repeats)


Measured = dict[str, tuple[float, str, float]]
"""Numbers by their names, with units and the most that each should be."""


def _told(
    part: Callable[[Side, float, int], Measured], sides: Sequence[Side], share: float, repeats: int
) -> Iterator[Figure]:
    """Yield the figures of a part of the first side, with the second's in the note."""
    own, *others = [part(side, share, repeats) for side in sides]
    for name, (value, unit, most) in own.items():
        note = "".join(f"{quantity(other[name][0], unit)} before" for other in others)
        yield Figure(name, [value], unit, most=most, note=note)


def _costs(name: str, taken: Taken, most: float, *, of_processor: bool = False) -> Measured:
    """Return what a process took, its time against a limit by the clock or of the processor."""
    clock, processor = (float("inf"), most) if of_processor else (most, float("inf"))
    return {
        name: (taken.seconds, "s", clock),
        f"{name}: processor": (taken.processor, "s", processor),
        f"{name}: memory": (taken.memory, "MB", _MEMORY),
    }


def _plan(side: Side, share: float, repeats: int) -> Measured:
    count = 5 * round(repeats / 195 * 40)  # 200 of 195
    arguments = _grid(MODELS, LEVELS[:98], count)
    cells = 99 * len(MODELS) * count
    return _costs(f"plan of {cells:,} cells", side.command("plan", *arguments), 2 * max(share, 0.5))


def _claims(side: Side, share: float, _: int) -> Measured:
    shutil.rmtree(side.store / "verdicts", ignore_errors=True)
    return _costs("claims, the first time", side.command("claims"), 15 * max(share, 0.5), of_processor=True)


def _stored_cells(side: Side, *_: float) -> Measured:
    page = str(side.folder / "run.html")
    few, many = (
        min(side.command("run", *_grid(MODELS[:1], LEVELS[:levels], _REPEATS), "--out", page).seconds for _ in range(2))
        for levels in (_FEW, _STORED)
    )
    each = 1000 * (many - few) / (_REPEATS * (_STORED - _FEW))
    cells = _REPEATS * (_STORED + 1)
    return {f"run of {cells} stored cells": (many, "s", float("inf")), "a stored cell": (each, "ms", 2.0)}


def _report(side: Side, share: float, _: int) -> Measured:
    page = side.folder / "report" / "index.html"
    found = _costs("report", side.command("report", "--out", str(page)), 20 * max(share, 0.5))
    return found | {"report: page": (page.stat().st_size / 1e6, "MB", 5.0)}


def _import(side: Side, share: float, _: int) -> Measured:
    file, empty = side.folder / "evidence.zip", side.folder / "empty"
    found = _costs("evidence export", side.command("evidence", "export", str(file)), float("inf"))
    arguments = ("evidence", "import", str(file))
    found |= _costs("import of what is all there", side.command(*arguments), 10 * max(share, 0.3))
    return found | _costs("import into an empty store", side.command(*arguments, store=empty), float("inf"))


def _grid(models: Sequence[str], levels: Sequence[str], repeats: int) -> list[str]:
    named = [part for model in models for part in ("--model", model)]
    corrupt = f"shuffle:{','.join(levels)}"
    return ["--dataset", "digits", *named, "--corrupt", corrupt, "--repeats", f"{repeats}", "--recipe", "lie-lenet"]
