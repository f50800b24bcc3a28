"""Gets what a case needs trained, sharing the work with every other process on the store, and judges it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from math import inf

from dqsuite.claims.backlog import Backlog, ranked
from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.evaluate import Evaluator, Judged
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import training_precision
from dqsuite.engines.choice import engine_named
from dqsuite.engines.interface import Batch, Event, Failed, follow
from dqsuite.engines.pool import Pool
from dqsuite.engines.worker import Worker, untrained
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.store import Store
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
    engine, address : str
        As `dqsuite.engines.choice.engine_named` takes them: processes share the session's cells as pytest's workers do,
        a Ray cluster is handed all of them at once.
    """

    store: Store
    scale: str
    device: str
    precision: str
    say: Say
    cases: Sequence[tuple[Claim, Case]] = ()
    deadline: float = inf
    engine: str = "processes"
    address: str = ""
    _failed: dict[Cell, Exception] = field(default_factory=dict, init=False)
    _handed_out: bool = field(default=False, init=False)

    @cached_property
    def evaluator(self) -> Evaluator:
        """Judges what is stored, as it was when something was missing last."""
        return Evaluator(Reader(self.store, self.say, self.precision), self.scale)

    @cached_property
    def _backlog(self) -> Backlog:
        precision = training_precision("auto" if self.precision == "any" else self.precision, self.device)
        return Backlog(self.evaluator, precision)

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
        cells = self._backlog.of(claim, case)
        try:
            batches = self._backlog.batches(cells)
        except DqError as error:  # no network, and the data set is not at hand
            return replace(found, verdict=Verdict(Status.NOT_MEASURED, note=str(error)))
        self._train(batches)
        if any(untrained(self.store, batch) for batch in batches):
            return replace(found, verdict=_SPENT)
        self.evaluator.reader.refresh()
        return self.evaluator.judge(claim, case)

    def _train(self, batches: Sequence[Batch]) -> None:
        if self.engine == "processes":
            follow(self._pool, batches, _ignore)
            return
        wanted = {cell for batch in batches for cell in batch.cells}
        if not wanted & self._failed.keys():
            others = self._not_handed_out()
            everything = [*batches, *others] if self.deadline == inf else [*others, *batches]
            with closing(engine_named(self.engine, self._worker, address=self.address).train(everything)) as events:
                self._failed |= {event.cell: event.error for event in events if isinstance(event, Failed)}
        for error in [self._failed[cell] for cell in wanted & self._failed.keys()][:1]:
            raise error

    def _not_handed_out(self) -> list[Batch]:
        """Return what the session lacks the first time, and nothing later."""
        if self._handed_out:
            return []
        self._handed_out = True
        return self.lacking()

    @cached_property
    def _pool(self) -> Pool:
        return Pool(self._worker, self.lacking())

    @property
    def _worker(self) -> Worker:
        return Worker(self.store, train, self.device, self.deadline)

    def lacking(self) -> list[Batch]:
        """Return what the session's cases lack, the most telling first."""
        lacks = self._backlog.lacking(self.cases)
        seconds = self._backlog.seconds(chain.from_iterable(lacks), self.device)
        return self._backlog.batches(ranked(lacks, seconds))


def _ignore(event: Event) -> None:
    """Progress of a session is pytest's to show."""
