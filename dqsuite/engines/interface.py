"""What an engine is: it is handed batches of cells and yields events until every cell is stored.

There are three: `processes` trains on this machine, in this process or in several; `pool` lets pytest's workers share
what their cases need; `ray` has a driver share cells out to the tasks of a cluster (`dispatch`). Workers that see one
store share the work by its leases; the tasks of a cluster see none, and their records are put into the driver's.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.recipes import Recipe


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


@dataclass(frozen=True)
class Failed:
    """A cell will not be trained: `error` is a DqError where somebody can mend it, else a defect. Others go on."""

    cell: Cell
    error: Exception


class WorkerError(RuntimeError):
    """A defect met in a worker, with the worker's traceback as its text."""


Event = Started | Epoch | Finished | Failed
Report = Callable[[Event], None]


@dataclass(frozen=True)
class Batch(Plan):
    """A plan whose cells share data set, model, recipe and precision: what could be trained at once."""


class Engine(Protocol):
    """Gets cells trained into a store. Which store, by what function and until when, it is told when it is made."""

    def train(self, batches: Sequence[Batch]) -> Generator[Event]:
        """Train the cells that are not stored, begun in the order given, and yield what happens.

        It ends when every cell is stored or has failed, or after the deadline, when no cell is begun any more; what is
        stored then, the store knows. Closing it ends its workers at once. What was stored before stays as it is, and a
        worker that is killed loses no more than the cell in its hands, which others take up.

        Raises
        ------
        DqError
            The store cannot be written.
        """


def in_batches(plan: Plan) -> list[Batch]:
    """Return a plan as batches, in the order of its cells: neighbours that have it all in common are one."""
    return [Batch(plan.dataset, plan.fingerprint, tuple(cells)) for cells in _alike(plan.cells)]


def follow(engine: Engine, batches: Sequence[Batch], report: Report) -> None:
    """Have batches trained and every event reported; the first failure ends it and is raised."""
    with closing(engine.train(batches)) as events:
        for event in events:
            if isinstance(event, Failed):
                raise event.error
            report(event)


def _alike(cells: Sequence[Cell]) -> Iterator[Iterator[Cell]]:
    def shared(cell: Cell) -> tuple[str, str, Recipe, str]:
        return cell.dataset, cell.model, cell.recipe, cell.precision

    return (alike for _, alike in groupby(cells, key=shared))
