"""Trains on this machine: in this process, or in several that share the plan."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
import traceback
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, cast

from dqsuite.core.errors import DqError
from dqsuite.engines.worker import Event, Finished, Job, Report, Started, work
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.runtime import Costs


def run(job: Job, workers: int, report: Report) -> None:
    """Get every cell of the job's plan into its store.

    Parameters
    ----------
    workers : int
        Processes; each trains on one thread of a CPU. One worker is this process itself.
    report : callable
        Is told, in this process, of each cell's start, epochs and end.

    Raises
    ------
    DqError
        As `dqsuite.engines.worker.work`; or workers died and left cells untrained, which are named.
    """
    workers = min(workers, len(job.untrained()))
    report = _timing_the_start(job, report)
    if workers > 1:
        job.store.scratch()  # a store that cannot be written is told here, before any process starts
        _share(job, workers, report)
    elif workers:
        work(job, report)


def _timing_the_start(job: Job, report: Report) -> Report:
    """Return the report, which also keeps what the first cell took beyond its own training: workers, torch, data."""
    asked = time.monotonic()
    known = False

    def told(event: Event) -> None:
        nonlocal known
        if not known and isinstance(event, Finished):
            Costs(job.store, job.device).note_start(time.monotonic() - asked - event.seconds)
            known = True
        report(event)

    return told


def _share(job: Job, workers: int, report: Report) -> None:
    context = multiprocessing.get_context("spawn")  # a forked copy of a process with threads may hang
    crew: dict[Connection[Any, Any], SpawnProcess] = {}
    training: dict[Connection[Any, Any], Cell] = {}
    try:
        for _ in range(workers):
            inbox, outbox = context.Pipe(duplex=False)
            worker = context.Process(target=_worker, args=(job, outbox), daemon=True)
            worker.start()
            outbox.close()  # the worker's copy is then the only one, and its death ends the pipe
            crew[inbox] = worker
        while crew:
            for inbox in cast("list[Connection[Any, Any]]", wait(list(crew))):
                try:
                    event = inbox.recv()
                except (EOFError, OSError):
                    _end(crew.pop(inbox))
                    continue
                if isinstance(event, BaseException):
                    raise event
                if isinstance(event, Started):
                    training[inbox] = event.cell
                report(event)
    finally:
        for worker in crew.values():
            _end(worker)
    _require_all(job, list(training.values()))


def _end(worker: SpawnProcess) -> None:
    """End a process that has nothing left to say: torch would take a second to leave it in good order."""
    worker.terminate()
    worker.join()


def _require_all(job: Job, training: list[Cell]) -> None:
    if missing := job.untrained():
        blamed = next((cell for cell in training if cell in missing), missing[0])
        raise DqError(
            f"workers died and left {len(missing)} of {len(job.plan.cells)} cells untrained, one in {blamed}",
            "look for a lack of memory, then run the same command again: the other cells are stored",
        )


class WorkerError(RuntimeError):
    """A defect met in a worker, with the worker's traceback as its text."""


def _worker(job: Job, outbox: Connection[Any, Any]) -> None:
    sys.stdout = sys.stderr  # what a user's model prints is no part of the result
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its workers
    try:
        work(job, outbox.send)
    except (BrokenPipeError, ConnectionResetError):
        return  # the parent is gone
    except DqError as error:
        outbox.send(error)
    except BaseException:
        outbox.send(WorkerError(traceback.format_exc()))
    finally:
        outbox.close()
