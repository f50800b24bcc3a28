"""``dqsuite evidence``: outcomes moved between machines, and hours of training for the findings of a scale."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from argparse import Namespace
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from fnmatch import fnmatchcase
from itertools import chain
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.table import Table

from dqsuite.cli import evidence_check
from dqsuite.cli.commands import err, out, say, tell_of_the_compiler
from dqsuite.cli.patterns import is_model
from dqsuite.cli.progress import Progress, duration
from dqsuite.cli.stopping import terminated_as_interrupted
from dqsuite.cli.texts import plain
from dqsuite.core.durations import seconds_of
from dqsuite.core.errors import DqError
from dqsuite.core.escapes import line
from dqsuite.core.hardware import training_precision
from dqsuite.engines.choice import device_for, engine_named, processes_for, require_engine
from dqsuite.engines.dispatch import Dispatch
from dqsuite.engines.interface import Batch, Failed
from dqsuite.engines.processes import Processes
from dqsuite.engines.rest import Rest
from dqsuite.engines.worker import Worker, untrained
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.evidence import Merge, export_evidence, import_evidence
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.experiment.stores import open_store
from dqsuite.training import train

if TYPE_CHECKING:  # scales and claims are imported where they are asked for: the command line starts fast
    from dqsuite.claims.backlog import Backlog

_NAMED = 20  # of the records that are left out
_WRITTEN_EVERY_S = 15 * 60.0
_RESTING = "so many workers hold still after the epoch at hand: {}; dqsuite evidence yield 0 lets them go on"
_NO_REST = "evidence yield does not reach a cluster: stop this command to free it; called again, it goes on"


def evidence(options: Namespace) -> int:
    """Export the store's outcomes to a file, import or check a file's, train what findings lack, or let that pause."""
    if options.action == "check":
        return _check(options)
    store = open_store(options.store)
    match options.action:
        case "export":
            _Evidence(store, Path(options.file)).write()
        case "import":
            merge = import_evidence(store, Path(options.file))
            out.print(f"{merge.added} outcomes added, {merge.present} were there already", highlight=False)
            tell_of(merge)
        case "yield":
            _yield(store, options.workers)
        case _:
            return _train(options, store)
    return 0


def _check(options: Namespace) -> int:
    with TemporaryDirectory(prefix="dqsuite-check-") as folder:
        theirs = Store(Path(folder) / "theirs")
        tell_of(import_evidence(theirs, Path(options.file)))
        return evidence_check.check(theirs, Store(Path(folder) / "ours"), options)


def _yield(store: Store, count: int) -> None:
    """Ask so many workers of the store's training to hold still."""
    Rest(store).ask(count)
    out.print(_RESTING.format(count) if count else "all workers go on", highlight=False, soft_wrap=True)


def tell_of(merge: Merge) -> None:
    """Tell the conflicts of an import, and what was left out."""
    for cell in merge.differing:
        say(f"the file measured otherwise than the store, which keeps its own: {cell}")
    _tell_left_out(merge.reasons)


def _tell_left_out(reasons: Mapping[str, str]) -> None:
    for name in list(reasons)[:_NAMED]:
        say(f"a record was left out: {line(name, 200)} ({line(reasons[name], 300)})")
    if len(reasons) > _NAMED:
        say(f"{len(reasons) - _NAMED} more records were left out")


class _Evidence:
    """The file that a store is exported to, now and then while it grows, whole at every moment."""

    def __init__(self, store: Store, path: Path) -> None:
        self.store, self.path = store, path
        self.written = time.monotonic()

    def write_if_due(self) -> None:
        """Write it if the last time is long ago; what stands in the way is told, and the next time may be better."""
        if time.monotonic() - self.written < _WRITTEN_EVERY_S:
            return
        self.written = time.monotonic()
        try:
            export_evidence(self.store, self.path)
        except DqError as error:
            say(str(error))

    def write(self) -> None:
        """Write it, and tell its size."""
        packed = export_evidence(self.store, self.path)
        count = packed.count
        size = self.path.stat().st_size / 1000
        told = f"{count} outcomes in {line(str(self.path))}, {size:.0f} kB: {size / count:.1f} kB each"
        out.print(told, markup=False, highlight=False, soft_wrap=True)
        _tell_left_out(packed.left_out)


def _train(options: Namespace, store: Store) -> int:
    """Train what the findings of a scale lack, the most telling first, until all is stored or the budget is spent.

    Returns
    -------
    int
        The exit code: 1 where a cell could not be trained.
    """
    from dqsuite.report import require_writable

    os.nice(options.nice)
    deadline = time.time() + (seconds_of(options.budget) if options.budget else inf)
    require_engine(options.engine, options.address)
    device = device_for(options.engine, options.device)
    count = processes_for(device, options.workers)
    file = _Evidence(store, require_writable(Path(options.out))) if options.out else None
    if file and file.path.is_file():  # it may hold what this store does not, and must not lose it
        tell_of(import_evidence(store, file.path))
    backlog, batches = _planned(options, store, device)
    _show_left(backlog, batches, device, count)
    if asked := Rest(store).asked:
        say(_RESTING.format(asked) if options.engine == "processes" else _NO_REST)
    failed = []
    try:
        if batches:
            worker = Worker(store, train, device, deadline, place=0)
            engine = engine_named(options.engine, worker, options.workers or 0, options.address)
            failed = _follow(engine, backlog, batches, file)
    finally:
        if file and any(store.list(OUTCOMES)):
            file.write()
    left = [Batch(each.dataset, each.fingerprint, tuple(untrained(store, each))) for each in batches]
    _show_left(backlog, [batch for batch in left if batch.cells], device, count)
    return 1 if failed else 0


def _planned(options: Namespace, store: Store, device: str) -> tuple[Backlog, list[Batch]]:
    """Return what is to be trained, in its order."""
    from dqsuite.claims import CLAIMS
    from dqsuite.claims.backlog import Backlog, ranked
    from dqsuite.claims.evaluate import Evaluator
    from dqsuite.claims.scales import SCALES
    from dqsuite.results.reader import Reader

    SCALES[options.scale]  # raises what the user reads where there is none such
    precision = training_precision(options.precision, device)
    backlog = Backlog(Evaluator(Reader(store, say), options.scale), precision)
    cases = [(claim, case) for claim in CLAIMS.values() for case in claim.cases]
    lacks = backlog.lacking(cases)
    for problem in backlog.absent():
        say(f"{problem}; what needs it is left out")
    if options.only:
        _require_known(options.only, list(CLAIMS), backlog.models(cases))
        lacks = [_chosen(options.only, claim.id, cells) for (claim, _), cells in zip(cases, lacks, strict=True)]
    return backlog, backlog.batches(ranked(lacks, backlog.seconds(chain.from_iterable(lacks), device)))


def _chosen(patterns: Sequence[str], claim: str, cells: Sequence[Cell]) -> list[Cell]:
    """Return all of a claim's cells if the claim is asked for, else those of the models that are."""
    if any(fnmatchcase(claim, pattern) for pattern in patterns):
        return list(cells)
    return [cell for cell in cells if any(is_model(cell.model, pattern) for pattern in patterns)]


def _require_known(patterns: Sequence[str], claims: Sequence[str], models: Sequence[str]) -> None:
    for pattern in patterns:
        if not any(fnmatchcase(claim, pattern) for claim in claims) and not any(
            is_model(model, pattern) for model in models
        ):
            raise DqError(
                f"no claim and no model of the scale is {pattern!r}",
                f"name a claim of dqsuite claims, or one of {', '.join(models)}; * stands for anything",
            )


def _follow(
    engine: Processes | Dispatch, backlog: Backlog, batches: Sequence[Batch], file: _Evidence | None
) -> list[Failed]:
    """Train, show the progress and write the evidence now and then; return what failed."""
    device = engine.worker.device
    seconds = backlog.seconds(_cells(batches), device)
    tell_of_the_compiler(batches[0], device)
    failed: list[Failed] = []
    with (
        terminated_as_interrupted(),
        Progress(err, len(_cells(batches)), seconds) as progress,
        contextlib.redirect_stdout(sys.stderr),
        closing(engine.train(batches)) as events,
    ):
        for event in events:
            if isinstance(event, Failed):
                failed.append(event)
                say(f"{event.cell} cannot be trained: {event.error}")
            else:
                progress(event)
            if file:
                file.write_if_due()
    return failed


def _cells(batches: Sequence[Batch]) -> list[Cell]:
    return [cell for batch in batches for cell in batch.cells]


def _show_left(backlog: Backlog, batches: Sequence[Batch], device: str, count: int) -> None:
    """Show how many cells and hours are left, by data set and model."""
    if not batches:
        out.print("nothing is left to train")
        return
    everything = _cells(batches)
    seconds = backlog.seconds(everything, device)
    alike: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in everything:
        alike[cell.dataset, cell.model].append(cell)
    shown = Table("data set", "model", "cells", "hours of a worker")
    for (dataset, model), found in alike.items():
        shown.add_row(plain(dataset), plain(model), str(len(found)), _hours(found, seconds))
    out.print(shown)
    time_left = f"{duration(sum(seconds.values()) / count)} with {count} workers, as far as can be told"
    out.print(f"{len(everything)} cells are left: {time_left}", highlight=False, soft_wrap=True)


def _hours(cells: Sequence[Cell], seconds: Mapping[Cell, float]) -> str:
    if any(cell not in seconds for cell in cells):
        return "not known"
    return f"{sum(seconds[cell] for cell in cells) / 3600:.2f}"
