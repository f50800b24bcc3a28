"""From a data set, a model and a budget to the design that is trained, with its time; the same one every time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from dqsuite import datasets
from dqsuite.advice.plan import EQUAL_UPDATES, Design, design
from dqsuite.core.durations import seconds_of
from dqsuite.core.foreign import as_type, json_of
from dqsuite.corruptions import parse
from dqsuite.engines.processes import Processes
from dqsuite.engines.timing import time_unknown
from dqsuite.engines.worker import Worker, untrained
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import Recipe
from dqsuite.experiment.runtime import Costs

BUDGET = "10m"
_TRAINING = 0.9  # of a budget; the rest is for reading, judging and drawing
_NOTES = "advice"


@dataclass(frozen=True)
class Course:
    """What is to be advised on, and what trains it.

    Attributes
    ----------
    dataset, model, precision : str
    recipe : Recipe
        The user's, with whose settings `EQUAL_UPDATES` go together.
    worker : Worker
    workers : int
        Processes.
    own : sequence of str
        Damage of the user's, to be placed on the axis.
    repeats, seed : int
        0 repeats for as many as the budget allows.
    reserved : float
        Trainings of all records that the budget has to pay for besides the design.
    """

    dataset: str
    model: str
    recipe: Recipe
    precision: str
    worker: Worker
    workers: int
    own: Sequence[str] = ()
    repeats: int = 0
    seed: int = 0
    reserved: float = 0.0

    @property
    def engine(self) -> Processes:
        """What trains it: processes of this machine."""
        return Processes(self.worker, self.workers)

    def grid(self, conditions: Sequence[str], repeats: int) -> Plan:
        """Return the plan of a clean baseline and conditions."""
        recipe = self.recipe
        for name, value in EQUAL_UPDATES.items():  # one by one: what cannot go with equal updates is refused as that
            recipe = recipe.with_settings(**{name: value})
        return plan_grid(
            self.dataset,
            [self.model],
            conditions,
            recipe=recipe,
            repeats=repeats,
            precision=self.precision,
            seed=self.seed,
        )

    @property
    def named(self) -> str:
        """The model's name in the study."""
        return self.grid([], 1).cells[0].model

    def chosen(self, budget: str) -> Design:
        """Return the design for a budget: that of the last time where it was no smaller.

        What trainings take is only known roughly before and better afterwards; an advice asked for twice would
        otherwise go on training.

        Raises
        ------
        DqError
            The budget is no duration or too small, the data are too few, or the damage cannot be read.
        """
        seconds = seconds_of(budget)
        whole = self._whole()
        name = f"{self._digest(whole)}.json"
        before = _noted(self.worker.store.read_note(_NOTES, name))
        ways = whole.ways(self.own)
        if before and before[0] >= seconds and before[1] < len(ways):
            return ways[before[1]]
        cells = seconds * _TRAINING * self.workers / max(self.seconds_each(whole), 1e-9)
        chosen = whole.within(cells - self.reserved, self.own)
        place = ways.index(chosen)
        self.worker.store.write_note(_NOTES, name, json.dumps([seconds, place]).encode())
        return chosen

    def seconds_each(self, wanted: Design) -> float:
        """Estimate the seconds of one training; a few steps are timed where nothing like it was trained here."""
        plan, card = self.grid(wanted.known, 1), self._card
        time_unknown(self.worker, plan)
        found = Costs(self.worker.store, self.worker.device).seconds(plan, card, unlike=True)
        return sum(found.values()) / max(1, len(found))

    def left(self, wanted: Design) -> tuple[int, float]:
        """Return how many trainings are not stored, at most, and estimate the seconds that they take."""
        plan = self.grid(wanted.known, wanted.repeats)
        missing = untrained(self.worker.store, plan)
        count = len(missing) + (wanted.rounds + wanted.merges) * wanted.repeats if missing else 0
        return count, count * self.seconds_each(wanted) / self.workers if count else 0.0

    def _whole(self) -> Design:
        own = [str(parse(each)) for each in self.own]
        return design(self._card, own, self.repeats)

    @property
    def _card(self) -> Card:
        return Card.of(datasets.load(self.dataset))

    def _digest(self, whole: Design) -> str:
        plan = self.grid(whole.known, 1)
        parts = plan.fingerprint, *(plan.key(cell) for cell in plan.cells), str(self.repeats)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _noted(note: bytes | None) -> tuple[float, int] | None:
    """Return a budget in seconds and the place of the design among its ways, None where the note says no such thing."""
    try:
        seconds, place = as_type(json_of(note or b""), tuple[float, int])
    except ValueError:
        return None
    return (seconds, place) if place >= 0 else None
