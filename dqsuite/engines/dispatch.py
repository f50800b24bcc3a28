"""Cells shared out by one driver to the tasks of a cluster, whatever runs these.

The driver holds the leases of what is in its tasks' hands and is the only one to touch the store: a node needs no
credentials, and a folder on the driver's machine will do. What is kept in flight is what the cluster can train at once
and a quarter more, so that another driver on the store finds work, and a cluster that grows by demand has some.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Protocol

from dqsuite.core.errors import DqError
from dqsuite.datasets import Dataset
from dqsuite.engines.interface import Batch, Epoch, Event, Failed, Finished, Started
from dqsuite.engines.leases import Leases
from dqsuite.engines.worker import Task, Worker, tasks_of
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.runtime import Costs
from dqsuite.experiment.store import OUTCOMES

_KILLS = 2  # workers that a cell may kill before it is set aside
_LOSSES = 20  # nodes that a cell may lose: whatever is in its way then, it is no accident
_PAUSE_S = 5.0  # after which what was lost is begun again: a node that is cut off would take it once more
_TOLD_S = 0.5  # how long to wait for news before looking at the deadline
_TASK_S = 5.0  # of short cells, so many go into one task as take this long


@dataclass(frozen=True)
class Record:
    """What a task has trained: the bytes of the outcome and of its confidences, and the share of the GPU it took."""

    outcome: bytes
    confidences: bytes
    share: float = 0.0


@dataclass(frozen=True)
class Ended:
    """A task has ended: ``done``, ``killed`` (its worker died) or ``lost`` (its node did, as `why` tells)."""

    how: str
    why: str = ""


@dataclass(frozen=True, eq=False)
class Job:
    """Cells of a batch that go into one task, one after the other, by the names of their outcomes."""

    batch: Batch
    cells: Mapping[str, Cell]
    left: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.left.update(self.cells)


Told = tuple[str, Started | Epoch | Record | Failed] | Ended
"""What is heard of a job: of a cell, by the name of its outcome, or of the whole."""


class Cluster(Protocol):
    """What runs jobs."""

    def slots(self) -> int:
        """Return how many jobs can run at once now."""

    def begin(self, job: Job, dataset: Dataset) -> None:
        """Have a job run, now or when there is a place."""

    def cancel(self, jobs: Collection[Job]) -> None:
        """Have jobs end that have not begun, if it can be done."""

    def hear(self, seconds: float) -> Iterator[tuple[Job, Told]]:
        """Yield what is told meanwhile; wait so long at most for the first."""

    def close(self) -> None:
        """End every job at once."""


class Dispatch:
    """An engine that shares cells out to a cluster."""

    def __init__(self, worker: Worker, cluster: Cluster) -> None:
        self.worker, self.cluster = worker, cluster
        self._leases = Leases(worker.store)
        self._tasks: dict[str, Task] = {}
        self._queue: deque[str] = deque()
        self._elsewhere: list[str] = []  # what other drivers train
        self._lost: deque[tuple[float, list[str]]] = deque()  # and when they may be begun again
        self._looked = 0.0
        self._flying: dict[str, ExitStack] = {}  # by the names of their cells: what gives the lease back
        self._jobs: set[Job] = set()
        self._begun: set[Job] = set()
        self._kills: Counter[str] = Counter()
        self._losses: Counter[str] = Counter()
        self._seconds: dict[Cell, float] = {}

    def train(self, batches: Sequence[Batch]) -> Generator[Event]:
        """Train what is not stored; see `dqsuite.engines.interface.Engine`."""
        self._tasks = tasks_of(batches)
        missing = self.worker.missing(self._tasks)
        unfit: list[Event] = []
        refused = self.worker.refuse_unfit([self._tasks[name] for name in missing], unfit.append)
        yield from unfit
        self._queue = deque(name for name in missing if name not in refused)
        costs = Costs(self.worker.store, self.worker.device)
        for batch in batches:
            self._seconds |= costs.seconds(batch, None)
        with closing(self.cluster), ExitStack() as given_back:
            given_back.callback(self._give_all_back)
            while self._queue or self._elsewhere or self._lost or self._jobs:
                if self.worker.late():
                    self._begin_no_more()
                self._begin_more()
                if not self._jobs:
                    time.sleep(min(self.worker.store.poll_s, 1.0) if self._elsewhere or self._lost else 0)
                for job, told in self.cluster.hear(_TOLD_S) if self._jobs else ():
                    yield from self._note(job, told)

    def _begin_no_more(self) -> None:
        """Drop what was not begun by the clock of the driver: a node's may be wrong."""
        for waiting in (self._queue, self._elsewhere, self._lost):
            waiting.clear()
        if unbegun := self._jobs - self._begun:
            self.cluster.cancel(unbegun)

    def _begin_more(self) -> None:
        while self._lost and self._lost[0][0] <= time.monotonic():
            self._queue.extendleft(reversed(self._lost.popleft()[1]))
        if not self._queue and self._elsewhere and time.monotonic() - self._looked > self.worker.store.poll_s:
            self._looked = time.monotonic()
            self._queue.extend(self.worker.missing(self._elsewhere))
            self._elsewhere.clear()
        slots = self.cluster.slots()
        most = max(slots + slots // 4, slots + 1)
        while self._queue and len(self._jobs) < most:
            cells = self._taken(max(1, len(self._queue) // (2 * max(1, slots))))
            if cells:
                batch = self._tasks[next(iter(cells))][0]
                job = Job(batch, cells)
                self._jobs.add(job)
                self.cluster.begin(job, self.worker.load(batch))

    def _taken(self, most: int) -> dict[str, Cell]:
        """Take the next cells of one batch that nobody else trains: one, or several that are short."""
        taken: dict[str, Cell] = {}
        seconds = 0.0
        batch: Batch | None = None
        while self._queue and len(taken) < most and (not taken or seconds < _TASK_S):
            found, cell = self._tasks[self._queue[0]]
            if batch not in (None, found):
                break
            batch, name = found, self._queue.popleft()
            if self._lease(name):
                taken[name] = cell
                seconds += self._seconds.get(cell, _TASK_S)
        return taken

    def _lease(self, name: str) -> bool:
        """Take a lease; tell whether the outcome is ours to train."""
        held = ExitStack()
        if not held.enter_context(self._leases.hold(name)):
            held.close()
            self._elsewhere.append(name)
            return False
        if self.worker.store.has_many(OUTCOMES, [name]):
            held.close()
            return False
        self._flying[name] = held
        return True

    def _note(self, job: Job, told: Told) -> Iterator[Event]:
        """Take note of what a job told, and yield it as an event."""
        if isinstance(told, Ended):
            self._jobs.discard(job)
            self._begun.discard(job)
            yield from self._left(job, told)
            return
        name, news = told
        self._begun.add(job)
        if isinstance(news, Record):
            outcome = Outcome.from_bytes(news.outcome)
            self.worker.keep(name, outcome, news.outcome, news.confidences)
            curve = outcome.curves["test_accuracy"]
            yield Finished(job.cells[name], float(curve[-1]), outcome.provenance["seconds"])
        else:
            yield news
        if isinstance(news, Record | Failed):
            job.left.discard(name)
            self._flying.pop(name).close()

    def _left(self, job: Job, ended: Ended) -> Iterator[Failed]:
        """Have what an ended job has left trained again; the cell in its hands may be to blame, and is then set aside.

        A job that is done has left what it was not to begin any more.
        """
        left = [name for name in job.cells if name in job.left]
        for name in left:
            self._flying.pop(name).close()
        if ended.how == "done" or not left:
            return
        blamed = left[0]
        counted, most = (self._kills, _KILLS) if ended.how == "killed" else (self._losses, _LOSSES)
        counted[blamed] += 1
        if counted[blamed] >= most:
            yield Failed(job.cells[blamed], _given_up(job.cells[blamed], ended))
            left.remove(blamed)
        if ended.how == "killed":
            self._queue.extendleft(reversed(left))
        else:
            self._lost.append((time.monotonic() + _PAUSE_S, left))

    def _give_all_back(self) -> None:
        for held in self._flying.values():
            held.close()
        self._flying.clear()


def _given_up(cell: Cell, ended: Ended) -> DqError:
    again = "then run the same command again: the other cells are stored"
    if ended.how == "killed":
        return DqError(f"{cell} killed {_KILLS} workers and is set aside", f"look for a lack of memory, {again}")
    return DqError(f"{cell} lost {_LOSSES} nodes and is set aside ({ended.why})", f"look at the nodes, {again}")
