"""Gets what a case needs trained, sharing the work with every other process on the store, and judges it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from math import inf

from dqsuite import datasets
from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.evaluate import Evaluator, Judged
from dqsuite.claims.requirements import cells_of
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import training_precision
from dqsuite.engines.interface import Batch, Event, follow, in_batches
from dqsuite.engines.pool import Pool
from dqsuite.engines.worker import Worker, untrained
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.order import most_telling_first
from dqsuite.experiment.runtime import Costs
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.results.reader import Reader, Say
from dqsuite.statistics.verdict import Status, Verdict
from dqsuite.training import train

_SPENT = Verdict(Status.NOT_MEASURED, note="the time budget is spent")


@dataclass
class Runner:
    """A store, a scale, and what to train with.

    Attributes
    ----------
    precision : str
        ``any``, ``fp32`` or ``bf16``: what may be judged, and for the last two what is trained.
    cases : sequence of (Claim, Case)
        All that this session is asked to judge. Who waits for a cell of its own case trains one of theirs.
    deadline : float
        Time, in seconds as `time.time` has it, after which no further cell is begun: what is missing then is not
        measured. One for all workers of a session. Where there is one, the most telling cells of the session come
        first, else those of the case that is asked for.
    """

    store: Store
    scale: str
    device: str
    precision: str
    say: Say
    cases: Sequence[tuple[Claim, Case]] = ()
    deadline: float = inf

    @cached_property
    def evaluator(self) -> Evaluator:
        """Judges what is stored, as it was when something was missing last."""
        return Evaluator(Reader(self.store, self.say, self.precision), self.scale)

    @cached_property
    def _trained(self) -> str:
        return training_precision("auto" if self.precision == "any" else self.precision, self.device)

    def judge(self, claim: Claim, case: Case) -> Judged:
        """Judge a case from the store, or train what it lacks and judge then.

        Raises
        ------
        Exception
            A cell cannot be trained: a DqError where somebody can mend it.
        """
        found = self.evaluator.judge(claim, case)
        if found.verdict.status is Status.NOT_MEASURED and self.evaluator.reader.refresh():
            found = self.evaluator.judge(claim, case)
        if found.verdict.status is not Status.NOT_MEASURED:
            return found
        if time.time() >= self.deadline:
            return replace(found, verdict=_SPENT)
        cells = cells_of(claim, case, self.scale, self._trained)
        try:
            batches = self._batches(cells)
        except DqError as error:  # no network, and the data set is not at hand
            return replace(found, verdict=Verdict(Status.NOT_MEASURED, note=str(error)))
        follow(self._pool, batches, _ignore)
        if any(untrained(self.store, batch) for batch in batches):
            return replace(found, verdict=_SPENT)
        self.evaluator.reader.refresh()
        return self.evaluator.judge(claim, case)

    def _batches(self, cells: Iterable[Cell]) -> list[Batch]:
        """Return cells as batches, in their order. Raises DqError without one of their data sets."""
        alike = groupby(cells, key=lambda cell: cell.dataset)
        plans = [replace(self._plan(dataset), cells=tuple(found)) for dataset, found in alike]
        return [batch for plan in plans for batch in in_batches(plan)]

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

    @cached_property
    def _pool(self) -> Pool:
        return Pool(Worker(self.store, train, self.device, self.deadline), self.lacking())

    def lacking(self) -> list[Batch]:
        """Return what the session's cases lack, the most telling first."""
        needs = [self._needed(claim, case) for claim, case in self.cases]
        names = {cell: self._plan(cell.dataset).key(cell) for cells in needs for cell in cells}
        stored = self.store.has_many(OUTCOMES, names.values())
        lacks = [[cell for cell in cells if names[cell] not in stored] for cells in needs]
        costs = Costs(self.store, self.device)
        seconds: dict[Cell, float] = {}
        for batch in self._batches(dict.fromkeys(cell for cells in lacks for cell in cells)):
            seconds |= costs.seconds(batch, None, unlike=True)
        return self._batches(most_telling_first(lacks, seconds))

    def _needed(self, claim: Claim, case: Case) -> list[Cell]:
        """Return the cells of a case, none where the scale has no place for it or its data set is not at hand."""
        try:
            if self.evaluator.is_stored(claim, case):
                return []
            cells = cells_of(claim, case, self.scale, self._trained)
        except Exception:  # not applicable, or a defect of its judge: its own test in this session tells
            return []
        try:
            self._batches(cells)
        except DqError:  # no data set: likewise
            return []
        return cells


def _ignore(event: Event) -> None:
    """Progress of a session is pytest's to show."""
