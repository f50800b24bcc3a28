"""What one worker does with batches: train any of their cells that nobody has trained or is training.

Workers need no coordinator: a lease says who trains what, and the store says what is done. So workers of one run, of
two runs on one store, or the survivors of a killed one share the work in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf
from typing import Any, Protocol

from dqsuite import corruptions, datasets
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.corruptions import Chain
from dqsuite.datasets import Dataset
from dqsuite.engines.interface import Batch, Epoch, Failed, Finished, Report, Started, in_batches
from dqsuite.engines.leases import Leases
from dqsuite.engines.rest import Rest
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.encoding import pack
from dqsuite.experiment.order import longest_first
from dqsuite.experiment.runtime import Costs
from dqsuite.experiment.store import CONFIDENCES, OUTCOMES, Store
from dqsuite.training import Trained, Watch

_HEARD_S = 1.0  # until a process that ends at the first failure has heard of it, and ends this one

Task = tuple[Batch, Cell]


class Train(Protocol):
    """The training function that a worker is handed."""

    def __call__(self, cell: Cell, dataset: Dataset, device: str, watch: Watch) -> Trained:
        """Train one cell."""


@dataclass(frozen=True)
class Worker:
    """Trains with `train` on `device`, into `store`.

    No cell is begun after the `deadline`, a time in seconds as `time.time` has it. A worker that has a `place` among
    others, from 0 on, holds still when it is asked to, before a cell and after each epoch; see `dqsuite.engines.rest`.
    """

    store: Store
    train: Train
    device: str
    deadline: float = inf
    place: int | None = None

    def late(self) -> bool:
        """Tell whether the deadline has come."""
        return time.time() >= self.deadline

    def work(self, batches: Sequence[Batch], report: Report) -> None:
        """Settle cell after cell until all are stored or refused, or the deadline comes.

        A cell that cannot be trained is reported as failed and left; so is one whose damage does not fit its data set,
        before any is trained.
        """
        tasks = tasks_of(batches)
        if self.late() or not (missing := self.missing(tasks)):
            return
        refused = self._refuse_unfit([tasks[name] for name in missing], report)
        if refused:
            time.sleep(_HEARD_S)
        while not self.late() and (missing := [name for name in self.missing(tasks) if name not in refused]):
            settled = False
            for name in missing:
                self._rest()
                if self.late():
                    break
                try:
                    settled |= self.settle(*tasks[name], report)
                except Exception as error:
                    refused.add(name)
                    report(Failed(tasks[name][1], error))
            if not settled:
                time.sleep(self.store.poll_s)

    def missing(self, names: Collection[str]) -> list[str]:
        """Return the names of outcomes that are not stored, in the order given."""
        stored = self.store.has_many(OUTCOMES, names)
        return [name for name in names if name not in stored]

    def settle(self, batch: Batch, cell: Cell, report: Report) -> bool:
        """Make sure that a cell is stored; return False where another worker holds its lease.

        Raises
        ------
        Exception
            As the training function. A DqError: the data set cannot be read or has changed since the plan was made, or
            the store cannot be written.
        """
        name = batch.key(cell)
        with Leases(self.store).hold(name) as held:
            if held and not self.store.has_many(OUTCOMES, [name]):
                dataset = self._dataset(batch)
                self.store.make_room(OUTCOMES, name)
                report(Started(cell))
                trained = self._train(cell, dataset, report)
                self._put(name, trained)
                curve = trained.outcome.curves["test_accuracy"]
                report(Finished(cell, float(curve[-1]), trained.outcome.provenance["seconds"]))
        return held

    def _train(self, cell: Cell, dataset: Dataset, report: Report) -> Trained:
        """Train a cell; the seconds in which it held still are not its own."""
        rested = 0.0

        def watch(*epoch: Any) -> None:  # noqa: ANN401 - what an Epoch has
            nonlocal rested
            report(Epoch(cell, *epoch))
            rested += self._rest()

        trained = self.train(cell, dataset, self.device, watch)
        provenance = trained.outcome.provenance
        own = {**provenance, "seconds": round(provenance["seconds"] - rested, 3)}
        return trained._replace(outcome=replace(trained.outcome, provenance=own)) if rested else trained

    def _rest(self) -> float:
        """Hold still as long as it is asked to; return the seconds that it took, 0 where it was not asked."""
        return 0.0 if self.place is None else Rest(self.store).keep(self.place)

    def _put(self, name: str, trained: Trained) -> None:
        """Store the outcome, which alone says that the cell is done, and then what belongs to it."""
        if self.store.put_if_absent(OUTCOMES, name, trained.outcome.to_bytes()):
            self.store.put_if_absent(CONFIDENCES, name, pack({}, confidences=trained.confidences))
        Costs(self.store, self.device).note(trained.outcome)

    def _dataset(self, batch: Batch) -> Dataset:
        """Load the batch's data set and store its card, in place of one that says otherwise."""
        dataset = _load(batch.dataset, batch.fingerprint)
        Card.of(dataset).keep(self.store)
        return dataset

    def _refuse_unfit(self, tasks: Iterable[Task], report: Report) -> set[str]:
        """Return the names of the tasks whose damage does not fit their data set, and report them as failed."""
        found: dict[tuple[str, Chain], Exception | None] = {}
        refused = set()
        for batch, cell in tasks:
            damage = batch.fingerprint, cell.condition
            if damage not in found:
                found[damage] = self._misfit(batch, cell.condition)
            if error := found[damage]:
                refused.add(batch.key(cell))
                report(Failed(cell, error))
        return refused

    def require_fit(self, batch: Batch) -> None:
        """Raise the error of the first damage in a batch that does not fit its data set."""
        for condition in dict.fromkeys(cell.condition for cell in batch.cells):
            if error := self._misfit(batch, condition):
                raise error

    def _misfit(self, batch: Batch, condition: Chain) -> Exception | None:
        try:
            dataset = self._dataset(batch)
            corruptions.damage_labels(condition, dataset.y_train, dataset.classes, seeds.streams(0).noise)
        except Exception as error:
            return error
        return None


def require_fit(worker: Worker, plan: Plan) -> None:
    """Refuse a plan with damage that does not fit its data set, before anything is trained.

    Raises
    ------
    DqError
        The damage does not fit, or the data set cannot be read.
    """
    for batch in in_batches(plan):
        worker.require_fit(batch)


def untrained(store: Store, plan: Plan) -> list[Cell]:
    """Return the plan's cells that are not stored, in the plan's order."""
    names = {cell: plan.key(cell) for cell in plan.cells}
    stored = store.has_many(OUTCOMES, names.values())
    return [cell for cell, name in names.items() if name not in stored]


def tasks_of(batches: Iterable[Batch]) -> dict[str, Task]:
    """Return the cells of batches, in order, by the names of their outcomes."""
    return {batch.key(cell): (batch, cell) for batch in batches for cell in batch.cells}


@lru_cache(maxsize=1)
def _load(text: str, fingerprint: str) -> Dataset:
    """Load a data set, the last one only once: a process may be asked for its cells many times."""
    dataset = datasets.load(text)
    if dataset.fingerprint != fingerprint:
        raise DqError(f"the data set {text} changed while it was being read", "run the same command again")
    return dataset


def missing_batches(worker: Worker, plan: Plan, card: Card | None) -> list[Batch]:
    """Return what of a plan is not stored as batches, the longest cells of each repeat first.

    Parameters
    ----------
    card : Card or None
        Of the plan's data set, to know how long the cells take; None where it is not stored yet.
    """
    missing = replace(plan, cells=tuple(untrained(worker.store, plan)))
    seconds = Costs(worker.store, worker.device).seconds(missing, card, unlike=True)
    return in_batches(replace(missing, cells=longest_first(missing.cells, seconds)))
