"""Trains on this machine: in this process, or in several that share the batches."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
import traceback
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeAlias, cast

from dqsuite.core.errors import DqError, lack
from dqsuite.core.orphans import end_with_parent, interrupts_waiting
from dqsuite.engines.inline import events_of
from dqsuite.engines.interface import Batch, Event, Failed, Finished, Started, WorkerError
from dqsuite.engines.leases import Leases
from dqsuite.engines.worker import Worker, tasks_of
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.runtime import Costs

_Line: TypeAlias = "Connection[Any, Any]"


class Processes:
    """An engine of `count` processes, each of which trains on one thread of a CPU. One of them is this process."""

    def __init__(self, worker: Worker, count: int) -> None:
        self.worker, self.count = worker, count

    def train(self, batches: Sequence[Batch]) -> Generator[Event]:
        """Train what is not stored; see `dqsuite.engines.interface.Engine`.

        A cell that workers died of fails with a DqError. What the first cell took beyond its own training (workers,
        torch, data) is noted as the store's time to start.
        """
        missing = self.worker.missing(tasks_of(batches))
        if not missing or self.worker.late():
            return
        leases = Leases(self.worker.store)  # a store that cannot be written is told here, before any process starts
        leases.sweep()
        count = min(self.count, len(missing))
        work = partial(self.worker.work, batches)
        try:
            with closing(self._share(batches, count) if count > 1 else events_of(work)) as events:
                yield from self._timed(events)
        finally:
            leases.sweep()

    def _timed(self, events: Iterable[Event]) -> Iterator[Event]:
        """Pass events on, and note what the first cell took beyond its own training."""
        asked, known = time.monotonic(), False
        for event in events:
            if not known and isinstance(event, Finished):
                known = True
                Costs(self.worker.store, self.worker.device).note_start(time.monotonic() - asked - event.seconds)
            yield event

    def _share(self, batches: Sequence[Batch], count: int) -> Generator[Event]:
        training: dict[_Line, Cell] = {}
        failed: set[Cell] = set()
        crew: dict[_Line, SpawnProcess] = {}
        try:
            for place in range(count):
                line, process = _start(self._placed(place), batches)
                crew[line] = process
            for line, event in _heard(crew):
                if isinstance(event, Started):
                    training[line] = event.cell
                if isinstance(event, Failed):
                    if event.cell in failed:
                        continue  # each worker finds out by itself
                    failed.add(event.cell)
                yield event
        finally:
            for process in crew.values():
                _end(process)
        if not self.worker.late():
            yield from self._left(batches, list(training.values()), failed)

    def _placed(self, place: int) -> Worker:
        """Return the worker of a place, if workers have places."""
        return self.worker if self.worker.place is None else replace(self.worker, place=place)

    def _left(self, batches: Sequence[Batch], training: list[Cell], failed: Collection[Cell]) -> Iterator[Failed]:
        """Yield a failure for each cell that dead workers have left, first the one that a worker may have died of."""
        tasks = tasks_of(batches)
        left = [cell for name in self.worker.missing(tasks) if (cell := tasks[name][1]) not in failed]
        if left:
            blamed = next((cell for cell in training if cell in left), left[0])
            error = DqError(
                f"workers died and left {len(left)} of {len(tasks)} cells untrained, one in {blamed}",
                "look for a lack of memory, then run the same command again: the other cells are stored",
            )
            yield from (Failed(cell, error) for cell in dict.fromkeys([blamed, *left]))


def _start(worker: Worker, batches: Sequence[Batch]) -> tuple[_Line, SpawnProcess]:
    context = multiprocessing.get_context("spawn")  # a forked copy of a process with threads may hang
    inbox, outbox = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(worker, batches, outbox), daemon=True)
    with interrupts_waiting():
        process.start()
    outbox.close()  # the worker's copy is then the only one, and its death ends the pipe
    return inbox, process


def _heard(crew: dict[_Line, SpawnProcess]) -> Iterator[tuple[_Line, Event]]:
    """Yield what the processes report, and by which line; those that have nothing left to say leave the crew."""
    while crew:
        for line in cast("list[_Line]", wait(list(crew))):
            try:
                event = line.recv()
            except (EOFError, OSError):
                _end(crew.pop(line))
                continue
            yield line, event


def _end(process: SpawnProcess) -> None:
    """End a process that has nothing left to say: torch would take a second to leave it in good order.

    SIGTERM would not do: whoever started us may have had it ignored, which processes inherit.
    """
    process.kill()
    process.join()


def _work(worker: Worker, batches: Sequence[Batch], outbox: _Line) -> None:
    parent = multiprocessing.parent_process()
    end_with_parent(parent.pid if parent else None)
    sys.stdout = sys.stderr  # what a user's model prints is no part of the result
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its workers
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def report(event: Event) -> None:
        if isinstance(event, Failed) and not isinstance(event.error, DqError):
            defect = WorkerError("".join(traceback.format_exception(event.error)))
            event = Failed(event.cell, lack(event.error) or defect)
        outbox.send(event)

    try:
        worker.work(batches, report)
    except (BrokenPipeError, ConnectionResetError):
        return  # the parent is gone
    finally:
        outbox.close()
