"""How long cells take: the one model of it, which serves the plan, the order of training and the budget.

The time goes by the images that a cell trains on and is measured on. What one of them takes is learnt from the cells
that this machine has trained, whatever their damage and their recipe; where it has trained none like it, from the
model's multiplications. What a store's cells have cost is kept in its notes, by machine, as no other one takes the same
time.
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from statistics import median

import numpy as np

from dqsuite import corruptions, models
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.core.foreign import as_type, json_of
from dqsuite.core.grammar import parse_term
from dqsuite.corruptions import Chain
from dqsuite.datasets import DATASETS
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.recipes import Recipe
from dqsuite.experiment.store import Store

_NOTES = "costs"
_START = "start"
_UNLIKE = "multiplications"  # the costs of all models, in seconds for a million multiplications an image
_MOST = 30  # of the last costs of a kind are kept
_FORWARD = 1 / 3  # of the work of a training step is the pass forward, which is all that measuring an image takes
_SECONDS = 5e-5  # of a training step for each million multiplications forward, measured on one core; where none else is
_RECORDS = 50_000  # of a data set of which nothing is known
_LARGEST = 2**20  # bytes of a note: a hundred times that of as many costs as are kept
_COUNT = 2**50  # of anything, at most
_TESTED = 5  # training images for each test image there


@dataclass(frozen=True)
class Cost:
    """What one cell took: its epochs, the records of each, the test images measured in all, and seconds."""

    recipe: str
    condition: str
    epochs: int
    records: int
    measured: int
    seconds: float

    def __post_init__(self) -> None:
        counts = self.epochs, self.records, self.measured
        if min(counts) < 0 or max(counts) > _COUNT or not 0 <= self.seconds < _COUNT:
            raise ValueError("a cost is out of range")

    @property
    def rate(self) -> float:
        """Seconds for the work of training on one image."""
        return self.seconds / _work(self.epochs * self.records, self.measured)


@dataclass(frozen=True)
class _Size:
    """The training records of each class, the names of these, and the number of test images."""

    histogram: tuple[int, ...]
    classes: tuple[str, ...]
    tested: int


class Costs:
    """The costs of one store's cells on this machine and a device of it, ``cpu`` or ``cuda``."""

    def __init__(self, store: Store, device: str) -> None:
        self.store, self.machine = store, f"{platform.node() or 'unnamed'}-{device}"

    def note(self, outcome: Outcome) -> None:
        """Keep what a cell took."""
        accuracy = outcome.curves["test_accuracy"]
        cost = Cost(
            outcome.cell.recipe.name,
            outcome.cell.corruption,
            len(accuracy),
            outcome.damage.records_after,
            int(np.isfinite(accuracy).sum()) * len(outcome.last),
            outcome.provenance["seconds"],
        )
        self._keep(_kind(outcome.cell), cost)
        if each := models.multiplications(outcome.cell.model):
            self._keep(_UNLIKE, replace(cost, seconds=cost.seconds / each))

    def note_rate(self, cell: Cell, seconds: float) -> None:
        """Keep what an image took in training a cell like this, where none was trained yet."""
        records = cell.recipe.batch_size
        self._keep(_kind(cell), Cost("", "", epochs=1, records=records, measured=0, seconds=seconds * records))

    def note_start(self, seconds: float) -> None:
        """Keep what it took from asking for cells until the first trained."""
        self._keep(_START, Cost("", "", epochs=0, records=0, measured=0, seconds=seconds))

    def seconds(self, plan: Plan, card: Card | None, *, unlike: bool = False) -> dict[Cell, float]:
        """Estimate each cell of a plan; what cannot be known is left out.

        Parameters
        ----------
        card : Card or None
            Of the plan's data set, to know how many records a damage leaves. Without it, as many as of a data set that
            is known by its name, or as ever were left.
        unlike : bool
            Whether to estimate cells of a kind that was never trained here, right to an order of magnitude, from the
            multiplications of their model. A model that is not ours is still left out.
        """
        found: dict[Cell, float] = {}
        alike: dict[tuple[object, ...], float | None] = {}
        for cell in plan.cells:
            condition = cell.dataset, cell.model, cell.recipe, cell.precision, cell.corruption
            if condition not in alike:
                alike[condition] = self._estimate(plan, cell, card, unlike=unlike)
            if (seconds := alike[condition]) is not None:
                found[cell] = seconds
        return found

    def left(self, plan: Plan, card: Card | None, workers: int) -> float | None:
        """Estimate the seconds until the cells of a plan are trained, None where one's like was never trained here."""
        seconds = self.seconds(plan, card)
        if len(seconds) < len(plan.cells):
            return None
        longest = max(seconds.values(), default=0.0)
        return (self._start() if plan.cells else 0.0) + max(longest, sum(seconds.values()) / max(1, workers))

    def _start(self) -> float:
        """Estimate the seconds before the first cell trains, 0 if that was never measured."""
        return median([cost.seconds for cost in self._kept(_START)] or [0.0])

    def _estimate(self, plan: Plan, cell: Cell, card: Card | None, *, unlike: bool) -> float | None:
        costs = self._kept(_kind(cell))
        each = models.multiplications(cell.model) if unlike and not costs else None
        if not costs and not each:
            return None
        rate = median([cost.rate for cost in costs or self._kept(_UNLIKE)] or [_SECONDS]) * (each or 1)
        return rate * effort(plan, cell, card, costs)

    def _keep(self, kind: str, cost: Cost) -> None:
        costs = [asdict(each) for each in [*self._kept(kind), cost][-_MOST:]]
        self.store.write_note(_NOTES, self._name(kind), json.dumps(costs).encode())

    def _kept(self, kind: str) -> list[Cost]:
        """Return the costs of a kind. A damaged note is no loss: it is written anew with the next cell."""
        try:
            noted = self.store.read_note(_NOTES, self._name(kind)) or b"[]"
            return as_type(json_of(noted if len(noted) < _LARGEST else b""), list[Cost])[-_MOST:]
        except ValueError:
            return []

    def _name(self, kind: str) -> str:
        return f"{self.machine}/{kind}.json"


def effort(plan: Plan, cell: Cell, card: Card | None = None, costs: list[Cost] | None = None) -> float:
    """Return the work of a cell, in images trained on: a measured one counts as a third.

    Parameters
    ----------
    card : Card or None
        As for `Costs.seconds`.
    costs : list of Cost, optional
        Of cells of its kind, to know when a recipe that may stop early does.
    """
    costs = costs or []
    size = _size(cell.dataset, card)
    records = _left(cell.condition, size) if size else None
    records = records or max((cost.records for cost in costs), default=sum(size.histogram) if size else _RECORDS)
    tested = (
        size.tested
        if size
        else max((cost.measured // cost.epochs for cost in costs if cost.epochs), default=_RECORDS // _TESTED)
    )
    epochs = _epochs(cell.recipe, records)
    if cell.recipe.patience or cell.recipe.fit:
        epochs = round(epochs * _share(costs, cell))
    trained = epochs * records
    if other := cell.recipe.counted or (cell.recipe.repaired if cell.recipe.repair else ""):
        whole = (_left(Chain.of(other), size) if size else None) or records
        passes = _epochs(cell.recipe, whole)
        second = round(passes * cell.recipe.repair)
        trained = (passes + second) * whole
        epochs = -(-passes * whole // records) + second
    evaluations = -(-epochs // cell.recipe.measured)
    return _work(trained, evaluations * tested)


def _kind(cell: Cell) -> str:
    """Return the name of cells whose work takes equally long for each image."""
    parts = cell.dataset, cell.model, cell.precision, str(cell.recipe.batch_size)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _work(trained: int, measured: int) -> float:
    return max(1.0, trained + _FORWARD * measured)


def _epochs(recipe: Recipe, records: int) -> int:
    """Return the epochs at most, those of a recipe that is bounded by updates too."""
    by_updates = -(-recipe.updates * recipe.batch_size // max(1, records))
    return min(bound for bound in (recipe.epochs, by_updates) if bound)


def _share(costs: list[Cost], cell: Cell) -> float:
    """Return the part of its epochs that a recipe which may stop early takes: all, if it never was used."""
    same = [cost for cost in costs if cost.recipe == cell.recipe.name]
    nearest = [cost for cost in same if cost.condition == cell.corruption] or same
    return median([cost.epochs / _epochs(cell.recipe, cost.records) for cost in nearest] or [1.0])


def _size(dataset: str, card: Card | None) -> _Size | None:
    """Return the size of a data set from its card or from its name, None where neither tells."""
    if card:
        return _Size(card.train_histogram, card.classes, len(card.y_test))
    name = parse_term(dataset).name
    records = DATASETS[name].records if name in DATASETS else None
    if not records:
        return None
    classes = CLASSES.get(name, tuple("0123456789"))
    return _Size((records // len(classes),) * len(classes), classes, records // _TESTED)


@lru_cache(maxsize=1024)
def _left(condition: Chain, size: _Size) -> int | None:
    """Return how many records a damage leaves, or None if it does not fit the data set: then it is not trained."""
    ranks = np.concatenate([np.arange(count) for count in size.histogram])
    labels = np.repeat(np.arange(len(size.histogram)), size.histogram)
    labels = labels[np.argsort(ranks, kind="stable")]  # the classes in turn
    try:
        return len(corruptions.damage_labels(condition, labels, size.classes, seeds.streams(0).noise).labels)
    except DqError:
        return None
