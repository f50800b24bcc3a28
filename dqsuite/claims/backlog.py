"""What cases lack that must be trained to judge them, how long it will take, and in which order it is worth most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby

from dqsuite import datasets
from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.requirements import cells_of
from dqsuite.core.errors import DqError
from dqsuite.engines.interface import Batch, in_batches
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.order import most_telling_first
from dqsuite.experiment.runtime import Costs
from dqsuite.experiment.store import OUTCOMES


def ranked(lacks: Sequence[Sequence[Cell]], seconds: Mapping[Cell, float]) -> list[Cell]:
    """Return what undecided cases lack in the order in which it is trained: the one place that decides it.

    First comes what makes the most cases judged for the least training.

    Parameters
    ----------
    lacks : sequence of sequences of Cell
        What each case lacks.
    seconds : mapping
        How long each cell is expected to take, as far as that is known.
    """
    return most_telling_first(lacks, seconds)


class Backlog:
    """Asks a store what cases lack.

    Parameters
    ----------
    evaluator : Evaluator
        Whose store, scale and precision count.
    precision : str
        What is trained, ``fp32`` or ``bf16``.
    """

    def __init__(self, evaluator: Evaluator, precision: str) -> None:
        self.evaluator, self.precision = evaluator, precision

    def of(self, claim: Claim, case: Case) -> list[Cell]:
        """Return the cells that a case needs. Raises NotApplicable, and what a defective judge raises."""
        return cells_of(claim, case, self.evaluator.scale, self.precision)

    def batches(self, cells: Iterable[Cell]) -> list[Batch]:
        """Return cells as batches, in their order. Raises DqError without one of their data sets."""
        alike = groupby(cells, key=lambda cell: cell.dataset)
        plans = [replace(self._plan(dataset), cells=tuple(found)) for dataset, found in alike]
        return [batch for plan in plans for batch in in_batches(plan)]

    def lacking(self, cases: Iterable[tuple[Claim, Case]]) -> list[list[Cell]]:
        """Return for each case the cells that are not stored: none where it can be judged or cannot be trained."""
        needs = [self._needed(claim, case) for claim, case in cases]
        names = {cell: self._plan(cell.dataset).key(cell) for cells in needs for cell in cells}
        stored = self.evaluator.reader.store.has_many(OUTCOMES, names.values())
        return [[cell for cell in cells if names[cell] not in stored] for cells in needs]

    def models(self, cases: Iterable[tuple[Claim, Case]]) -> list[str]:
        """Return the models that the scale trains for some cases, whether or not all of it is stored."""
        return sorted({cell.model for claim, case in cases for cell in self._wanted(claim, case)})

    def seconds(self, cells: Iterable[Cell], device: str) -> dict[Cell, float]:
        """Estimate what each cell takes; what cannot be known is left out."""
        costs = Costs(self.evaluator.reader.store, device)
        found: dict[Cell, float] = {}
        for batch in self.batches(dict.fromkeys(cells)):
            found |= costs.seconds(batch, None, unlike=True)
        return found

    def _needed(self, claim: Claim, case: Case) -> list[Cell]:
        """Return the cells of a case, none where the scale has no place for it or its data set is not at hand."""
        cells = self._wanted(claim, case)
        try:
            if not cells or self.evaluator.is_stored(claim, case):
                return []
            self.batches(cells)
        except DqError:  # no data set: who judges it is told
            return []
        return cells

    def _wanted(self, claim: Claim, case: Case) -> list[Cell]:
        try:
            return self.of(claim, case)
        except Exception:  # not applicable, or a defect of its judge: who judges it is told
            return []

    def _plan(self, dataset: str) -> Plan:
        """Return an empty plan of a data set, a published one whose name is all that it takes to find it."""
        if dataset not in self._plans:
            try:
                plan = Plan(dataset, datasets.identify(dataset).fingerprint, ())
                self._plans[dataset] = plan
            except DqError as error:
                self._plans[dataset] = error
        found = self._plans[dataset]
        if isinstance(found, DqError):
            raise found
        return found

    @cached_property
    def _plans(self) -> dict[str, Plan | DqError]:
        return {}

    def absent(self) -> list[DqError]:
        """Return why data sets that were asked for are not at hand."""
        return [found for found in self._plans.values() if isinstance(found, DqError)]
