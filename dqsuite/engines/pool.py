"""What pytest's workers share: whoever waits for some cells trains another of the session that is free.

The cells that a case needs are few, and another worker of xdist may be training them all. So each worker knows the
cells of the whole session, and their leases share them out.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Mapping, Sequence
from math import inf

from dqsuite.core.hardware import cores
from dqsuite.engines.interface import Batch, Event, Failed, Report
from dqsuite.engines.leases import Leases
from dqsuite.engines.worker import Task, Worker, tasks_of


class Pool:
    """An engine that trains its `others` too, while it waits or, where there is a deadline, before all else.

    A cell that is refused, for whatever reason, is tried once in a process, and harms nobody but those who want it. Nor
    does one that kills its process: nobody else begins what was begun before and not brought to an end.
    """

    def __init__(self, worker: Worker, others: Sequence[Batch] = ()) -> None:
        self.worker = worker
        self._others = tasks_of(others)
        self._refused: dict[str, Exception] = {}

    def train(self, batches: Sequence[Batch]) -> Generator[Event]:
        """Train the first free cell, again and again, until those of the batches are stored.

        See `dqsuite.engines.interface.Engine`; what happens to a cell is told when it is over.
        """
        wanted = tasks_of(batches)
        tasks = wanted | self._others if self.worker.deadline == inf else self._others | wanted
        missing = self.worker.missing(wanted)
        while missing:
            for name in [name for name in missing if name in self._refused]:
                missing.remove(name)
                yield Failed(wanted[name][1], self._refused[name])
            if not missing or self.worker.late():
                return
            events: list[Event] = []
            if not self._train_one(missing, tasks, events.append):
                time.sleep(self.worker.store.poll_s)
            yield from events
            missing = self.worker.missing(missing)

    def _train_one(self, wanted: Collection[str], tasks: Mapping[str, Task], report: Report) -> bool:
        """Settle the first task that is neither stored nor refused nor leased.

        Returns False where there is none, or no place to train it in.
        """
        leases = Leases(self.worker.store)
        with leases.slot(cores()) as place:
            names = (name for name in self.worker.missing(tasks) if name not in self._refused)
            free = (name for name in names if name in wanted or not leases.begun(name))
            return place and any(self._try(name, tasks[name], report) for name in free)

    def _try(self, name: str, task: Task, report: Report) -> bool:
        try:
            return self.worker.settle(*task, report)
        except Exception as error:
            self._refused[name] = error
            return True
