"""Gets what a case needs trained, sharing the work with every other process on the store, and judges it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

from dqsuite import datasets
from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.evaluate import Evaluator, Judged
from dqsuite.claims.requirements import cells_of
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import training_precision
from dqsuite.engines.pool import Pool
from dqsuite.engines.worker import Job
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.order import effort, most_telling_first
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
            wanted = self._names(cells)
        except DqError as error:  # no network, and the data set is not at hand
            return replace(found, verdict=Verdict(Status.NOT_MEASURED, note=str(error)))
        if not self._train(wanted):
            return replace(found, verdict=_SPENT)
        self.evaluator.reader.refresh()
        return self.evaluator.judge(claim, case)

    def _train(self, wanted: Sequence[str]) -> bool:
        ahead = () if self.deadline < inf else wanted
        order = list(dict.fromkeys([*ahead, *self._agenda, *wanted]))
        return self._pool.train_until_stored(wanted, order, self.deadline)

    def _names(self, cells: Iterable[Cell]) -> list[str]:
        """Put cells into the pool and return the names of their outcomes. Raises DqError without a data set."""
        return [self._name(cell) for cell in cells]

    def _name(self, cell: Cell) -> str:
        job = self._job(cell.dataset)
        name = job.plan.key(cell)
        self._pool.tasks[name] = job, cell
        return name

    def _job(self, dataset: str) -> Job:
        """Return the job of a data set, a published one whose name is all that it takes to find it."""
        if dataset not in self._jobs:
            try:
                plan = Plan(dataset, datasets.identify(dataset).fingerprint, ())
                self._jobs[dataset] = Job(plan, self.store, train, self.device)
            except DqError as error:
                self._jobs[dataset] = error
        found = self._jobs[dataset]
        if isinstance(found, DqError):
            raise found
        return found

    @cached_property
    def _jobs(self) -> dict[str, Job | DqError]:
        return {}

    @cached_property
    def _pool(self) -> Pool:
        return Pool(self.store)

    @cached_property
    def _agenda(self) -> list[str]:
        """The names of what the session's cases lack, the most telling first."""
        needs = [self._needed_if_known(claim, case) for claim, case in self.cases]
        stored = self.store.has_many(OUTCOMES, {name for names in needs for name in names})
        lacks = [[name for name in names if name not in stored] for names in needs]
        return most_telling_first(lacks, {name: effort(self._pool.tasks[name][1]) for names in lacks for name in names})

    def _needed_if_known(self, claim: Claim, case: Case) -> list[str]:
        try:
            if self.evaluator.is_stored(claim, case):
                return []
            cells = cells_of(claim, case, self.scale, self._trained)
        except Exception:  # not applicable, or a defect of its judge: its own test in this session tells
            return []
        try:
            return self._names(cells)
        except DqError:  # no data set: likewise
            return []
