"""How long cells take: learnt from those that this machine has trained, whatever their damage and their recipe.

The time goes by the images that a cell trains on and is measured on. What a store's cells have cost on a machine is
kept beside its records, in a file of its own for each machine, as no other machine takes the same time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median

import numpy as np

from dqsuite import corruptions
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing
from dqsuite.corruptions import Manifest
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.recipes import Recipe
from dqsuite.experiment.store import Store

_FOLDER = "costs"
_START = "start"
_MOST = 30  # of the last costs of a kind are kept
_FORWARD = 1 / 3  # of the work of a training step is the pass forward, which is all that measuring an image takes


@dataclass(frozen=True)
class Cost:
    """What one cell took: its epochs, the records of each, the test images measured in all, and seconds."""

    recipe: str
    condition: str
    epochs: int
    records: int
    measured: int
    seconds: float

    @property
    def rate(self) -> float:
        """Seconds for the work of training on one image."""
        return self.seconds / _work(self.epochs, self.records, self.measured)


class Costs:
    """The costs of one store's cells on this machine and a device of it, ``cpu`` or ``cuda``."""

    def __init__(self, store: Store, device: str) -> None:
        self.folder = store.root / _FOLDER / f"{platform.node() or 'unnamed'}-{device}"

    def note(self, outcome: Outcome) -> None:
        """Keep what a cell took; a folder that cannot be written keeps nothing."""
        accuracy = outcome.curves["test_accuracy"]
        cost = Cost(
            outcome.cell.recipe.name,
            outcome.cell.corruption,
            len(accuracy),
            Manifest.from_json(dict(outcome.manifest)).records_after,
            int(np.isfinite(accuracy).sum()) * len(outcome.last),
            outcome.provenance["seconds"],
        )
        self._keep(_kind(outcome.cell), cost)

    def note_start(self, seconds: float) -> None:
        """Keep what it took from asking for cells until the first trained."""
        self._keep(_START, Cost("", "", epochs=0, records=0, measured=0, seconds=seconds))

    def seconds(self, plan: Plan, card: Card | None) -> dict[Cell, float]:
        """Estimate each cell of a plan; those of a kind that was never trained here are left out.

        Parameters
        ----------
        card : Card or None
            Of the plan's data set, to know how many records a damage leaves. Without it, as many as ever were left.
        """
        found: dict[Cell, float] = {}
        alike: dict[tuple[object, ...], float | None] = {}
        for cell in plan.cells:
            condition = cell.dataset, cell.model, cell.recipe, cell.precision, cell.corruption
            if condition not in alike:
                alike[condition] = self._estimate(plan, cell, card)
            if (seconds := alike[condition]) is not None:
                found[cell] = seconds
        return found

    def start(self) -> float:
        """Estimate the seconds before the first cell trains, 0 if that was never measured."""
        return median([cost.seconds for cost in self._kept(_START)] or [0.0])

    def _estimate(self, plan: Plan, cell: Cell, card: Card | None) -> float | None:
        costs = self._kept(_kind(cell))
        if not costs:
            return None
        records = _records(plan, cell.corruption, card) or max(cost.records for cost in costs)
        tested = len(card.y_test) if card else max(cost.measured // cost.epochs for cost in costs)
        epochs = _epochs(cell.recipe, records)
        if cell.recipe.patience or cell.recipe.fit:
            epochs = round(epochs * _share(costs, cell))
        evaluations = -(-epochs // cell.recipe.measured)
        return median(cost.rate for cost in costs) * _work(epochs, records, evaluations * tested)

    def _keep(self, kind: str, cost: Cost) -> None:
        with contextlib.suppress(OSError), replacing(self._path(kind)) as path:
            path.write_text(json.dumps([asdict(each) for each in [*self._kept(kind), cost][-_MOST:]]))

    def _kept(self, kind: str) -> list[Cost]:
        """Return the costs of a kind. A damaged file is no loss: it is written anew with the next cell."""
        try:
            return [Cost(**each) for each in json.loads(self._path(kind).read_text())]
        except (OSError, ValueError, TypeError):
            return []

    def _path(self, kind: str) -> Path:
        return self.folder / f"{kind}.json"


def longest_first(cells: Iterable[Cell], seconds: dict[Cell, float]) -> tuple[Cell, ...]:
    """Return cells in the order of their repeats, and within each the longest first.

    Then no long one is begun when the others are about to end, and a run that is stopped has still measured every
    condition equally often. One whose time is not known may be long.
    """
    return tuple(sorted(cells, key=lambda cell: (cell.repeat, -seconds.get(cell, np.inf))))


def _kind(cell: Cell) -> str:
    """Return the name of cells whose work takes equally long for each image."""
    parts = cell.dataset, cell.model, cell.precision, str(cell.recipe.batch_size)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _work(epochs: int, records: int, measured: int) -> float:
    return max(1.0, epochs * records + _FORWARD * measured)


def _epochs(recipe: Recipe, records: int) -> int:
    """Return the epochs at most, those of a recipe that is bounded by updates too."""
    by_updates = -(-recipe.updates * recipe.batch_size // max(1, records))
    return min(bound for bound in (recipe.epochs, by_updates) if bound)


def _share(costs: list[Cost], cell: Cell) -> float:
    """Return the part of its epochs that a recipe which may stop early takes: all, if it never was used."""
    same = [cost for cost in costs if cost.recipe == cell.recipe.name]
    nearest = [cost for cost in same if cost.condition == cell.corruption] or same
    return median([cost.epochs / _epochs(cell.recipe, cost.records) for cost in nearest] or [1.0])


def _records(plan: Plan, condition: str, card: Card | None) -> int | None:
    """Return how many records a damage leaves, or None if that cannot be known without the data set."""
    return _left(condition, plan.files, card.classes, card.train_histogram) if card else None


@lru_cache(maxsize=1024)
def _left(
    condition: str, files: tuple[tuple[str, str], ...], classes: tuple[str, ...], histogram: tuple[int, ...]
) -> int | None:
    ranks = np.concatenate([np.arange(count) for count in histogram])
    labels = np.repeat(np.arange(len(histogram)), histogram)[np.argsort(ranks, kind="stable")]  # the classes in turn
    blank = np.zeros((len(labels), 1, 1, 1), np.uint8)
    try:
        chain = corruptions.parse(condition, dict(files))
        return len(corruptions.apply(chain, blank, labels, classes, seeds.streams(0).noise).labels)
    except DqError:  # a damage that does not fit the data set is refused before it is trained
        return None
