"""Gets what a case needs trained, sharing the work with every other process on the store, and judges it."""

from __future__ import annotations

from dataclasses import dataclass

from dqsuite import datasets, study
from dqsuite.cells import Cell, Plan
from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.judging import judge_case
from dqsuite.claims.labs import StoreLab, cells_of
from dqsuite.engines.work import Event, Job, work
from dqsuite.errors import DqError
from dqsuite.store import Store
from dqsuite.train import train
from dqsuite.verdict import Status, Verdict


@dataclass(frozen=True)
class Bench:
    """A store, a scale, and what to train with.

    Attributes
    ----------
    deadline : float
        Time, in seconds as `time.time` has it, after which no further cell is begun: what is missing then is not
        measured. One for all workers of a run.
    """

    store: Store
    scale: str
    device: str
    precision: str
    deadline: float
    say: study.Say

    def verdict(self, claim: Claim, case: Case) -> Verdict:
        """Judge a case from the store, or train what it lacks and judge then.

        Raises
        ------
        DqError
            A cell cannot be trained.
        """
        found = judge_case(claim, case, self._lab())
        if found.status is not Status.NOT_MEASURED:
            return found
        try:
            plans = _plans(cells_of(claim, case, self.scale, self.precision))
        except DqError as error:  # no network, and the data set is not at hand
            return Verdict(Status.NOT_MEASURED, note=str(error))
        for plan in plans:
            job = Job(plan, self.store, train, self.device, self.deadline)
            work(job, _ignore)
            if job.untrained():
                return Verdict(Status.NOT_MEASURED, note="the time budget is spent")
        return judge_case(claim, case, self._lab())

    def _lab(self) -> StoreLab:
        return StoreLab(self.store, self.scale, self.precision, self.say)


def _plans(cells: list[Cell]) -> list[Plan]:
    """Group cells by their data set, a published one whose name is all that it takes to find it."""
    names = dict.fromkeys(cell.dataset for cell in cells)
    return [
        Plan(name, datasets.identify(name).fingerprint, tuple(cell for cell in cells if cell.dataset == name))
        for name in names
    ]


def _ignore(event: Event) -> None:
    """Progress of a test run is pytest's to show."""
