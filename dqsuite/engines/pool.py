"""Cells of several jobs at once: whoever waits for some of them trains another that is free.

The cells that a pytest case needs are few, and another worker of xdist may be training them all. So each worker has the
cells of the whole session in a pool, and the leases of `dqsuite.engines.worker` share it out.
"""

from __future__ import annotations

import time
from collections.abc import Collection

from dqsuite.core.hardware import cores
from dqsuite.engines.slots import slot
from dqsuite.engines.worker import POLL_S, Event, Job, lease_of, load_dataset, settle
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.store import OUTCOMES, Store

Task = tuple[Job, Cell]


class Pool:
    """Tasks by the names of their outcomes, all in one store.

    A task that is refused, for whatever reason, is tried once in a process, and harms nobody but those who want it. Nor
    does one that kills its process: nobody else begins what was begun before and not brought to an end.

    Attributes
    ----------
    tasks : dict
        To be filled by whoever wants some.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.tasks: dict[str, Task] = {}
        self._refused: dict[str, Exception] = {}

    def train_until_stored(self, wanted: Collection[str], order: Collection[str], deadline: float) -> bool:
        """Train the first free task, again and again, until the wanted ones are stored.

        Parameters
        ----------
        wanted : names
        order : names
            Of the wanted tasks and any others, those to be trained first in front.
        deadline : float
            Time, in seconds as `time.time` has it, after which none is begun.

        Returns
        -------
        bool
            False where the deadline came first.

        Raises
        ------
        Exception
            A wanted task is refused: this is what its training raised.
        """
        while missing := set(wanted) - self.store.has_many(OUTCOMES, wanted):
            if refused := next((self._refused[name] for name in missing if name in self._refused), None):
                raise refused
            if time.time() >= deadline:
                return False
            if not self._train_one(missing, order):
                time.sleep(POLL_S)
        return True

    def _train_one(self, wanted: Collection[str], order: Collection[str]) -> bool:
        """Settle the first task that is neither stored nor refused nor leased.

        Returns False where there is none, or no place to train it in.
        """
        with slot(self.store.scratch(), cores()) as place:
            settled = self.store.has_many(OUTCOMES, order) | self._refused.keys()
            free = (name for name in order if name not in settled and (name in wanted or not self._begun(name)))
            return place and any(self._try(name) for name in free)

    def _begun(self, name: str) -> bool:
        return lease_of(self.store, name).exists()

    def _try(self, name: str) -> bool:
        job, cell = self.tasks[name]
        try:
            return settle(job, cell, load_dataset(job), _ignore)
        except Exception as error:
            self._refused[name] = error
            return True


def _ignore(event: Event) -> None:
    """Progress of a session is pytest's to show."""
