"""What every worker does: train any cell of the plan that nobody has trained or is training, until none is left.

Workers need no coordinator: a lease, freed by the system when its process dies, says who trains what, and the store
says what is done. So workers of one run, of two runs on one store, or the survivors of a killed one share the work
in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Protocol

import numpy as np
from filelock import FileLock, Timeout

from dqsuite import corruptions, datasets
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.datasets import Dataset
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.encoding import pack
from dqsuite.experiment.runtime import Costs
from dqsuite.experiment.store import CARDS, CONFIDENCES, OUTCOMES, Store
from dqsuite.training import Trained, Watch

POLL_S = 0.5  # how often a worker looks whether a cell leased by another is done


@dataclass(frozen=True)
class Started:
    """A worker has begun a cell."""

    cell: Cell


@dataclass(frozen=True)
class Epoch:
    """A worker has finished an epoch of its cell; accuracy is a fraction of the test set, nan if not measured."""

    cell: Cell
    done: int
    of: int
    accuracy: float


@dataclass(frozen=True)
class Finished:
    """A worker has trained a cell, and its outcome is stored."""

    cell: Cell
    accuracy: float
    seconds: float


Event = Started | Epoch | Finished
Report = Callable[[Event], None]


class Train(Protocol):
    """The training function that an engine is handed."""

    def __call__(self, plan: Plan, cell: Cell, dataset: Dataset, device: str, watch: Watch) -> Trained:
        """Train one cell."""


@dataclass(frozen=True)
class Job:
    """What an engine is asked for: the plan's cells, trained by `train` on `device`, in `store`.

    No cell is begun after the `deadline`, a time in seconds as `time.time` has it.
    """

    plan: Plan
    store: Store
    train: Train
    device: str
    deadline: float = inf

    def untrained(self) -> list[Cell]:
        """Return the plan's cells that are not stored, in the plan's order."""
        stored = self.store.has_many(OUTCOMES, map(self.plan.key, self.plan.cells))
        return [cell for cell in self.plan.cells if self.plan.key(cell) not in stored]


def work(job: Job, report: Report) -> None:
    """Train the missing cells until the deadline, one after the other, sharing with every other worker on the store.

    Raises
    ------
    DqError
        The data set has changed since the plan was made, a cell cannot be trained, or the store cannot be written.
    """
    if time.time() >= job.deadline or not job.untrained():
        return
    dataset = load_dataset(job)
    _try_damage(job.plan, dataset)
    while time.time() < job.deadline and (missing := job.untrained()):
        settled = [settle(job, cell, dataset, report) for cell in missing if time.time() < job.deadline]
        if not any(settled):
            time.sleep(POLL_S)


def settle(job: Job, cell: Cell, dataset: Dataset, report: Report) -> bool:
    """Make sure that a cell is stored; return False where another worker holds its lease.

    Raises
    ------
    DqError
        The cell cannot be trained, or the store cannot be written.
    """
    key = job.plan.key(cell)
    lease = lease_of(job.store, key)
    try:
        with FileLock(lease, timeout=0):
            if not job.store.has_many(OUTCOMES, [key]):
                report(Started(cell))
                trained = job.train(job.plan, cell, dataset, job.device, lambda *epoch: report(Epoch(cell, *epoch)))
                _put(job.store, key, trained)
                Costs(job.store, job.device).note(trained.outcome)
                curve = trained.outcome.curves["test_accuracy"]
                report(Finished(cell, float(curve[-1]), trained.outcome.provenance["seconds"]))
    except Timeout:
        return False
    lease.unlink(missing_ok=True)  # whoever still waits for it finds the outcome stored
    return True


def lease_of(store: Store, name: str) -> Path:
    """Return the file that is locked while a cell is trained. It stays where that was not brought to an end."""
    return store.scratch() / f"{name}.lease"


def _put(store: Store, key: str, trained: Trained) -> None:
    """Store the outcome, which alone says that the cell is done, and then the confidences that belong to it."""
    if store.put_if_absent(OUTCOMES, key, trained.outcome.to_bytes()):
        store.put_if_absent(CONFIDENCES, key, pack({}, confidences=trained.confidences))


def load_dataset(job: Job) -> Dataset:
    """Load the plan's data set and store its card.

    Raises
    ------
    DqError
        The data set cannot be read, or has changed since the plan was made; the store cannot be written.
    """
    dataset = _dataset(job.plan.dataset, job.plan.fingerprint)
    if not job.store.has_many(CARDS, [dataset.fingerprint]):
        job.store.put_if_absent(CARDS, dataset.fingerprint, Card.of(dataset).to_bytes())
    return dataset


@lru_cache(maxsize=1)
def _dataset(text: str, fingerprint: str) -> Dataset:
    """Load a data set, the last one only once: a process may be asked for its cells many times."""
    dataset = datasets.load(text)
    if dataset.fingerprint != fingerprint:
        raise DqError(f"the data set {text} changed while it was being read", "run the same command again")
    return dataset


def _try_damage(plan: Plan, dataset: Dataset) -> None:
    """Damage blank images once in each way, so that what does not fit the data is refused before any training."""
    blank = np.zeros((len(dataset.y_train), 1, 1, 1), np.uint8)
    for text in {cell.corruption for cell in plan.cells}:
        chain = corruptions.parse(text, dict(plan.files))
        corruptions.apply(chain, blank, dataset.y_train, dataset.classes, seeds.streams(0).noise)
