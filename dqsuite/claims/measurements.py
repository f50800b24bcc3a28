"""What a store holds of a scale's conditions, as one comparison sees it: for the judges, and for the figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from dqsuite.claims.requirements import NotMeasured, cells_at, setup_at
from dqsuite.claims.scales import SCALES
from dqsuite.claims.source import Setup
from dqsuite.corruptions import Manifest
from dqsuite.experiment.card import Card
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.recipes import Recipe
from dqsuite.results.intervals import matrix_changes, recalls
from dqsuite.results.predictions import Predictions, predictions_of
from dqsuite.results.reader import Reader, Selection
from dqsuite.statistics.estimate import Estimate, Interval, rate
from dqsuite.statistics.simultaneous import Cells

T = TypeVar("T")


class Asked(NamedTuple):
    """Predictions that a judge or a figure asked for; ``epoch`` is empty for the one that the source judges."""

    data: str
    model: str
    condition: str
    epoch: str = ""


@dataclass(frozen=True)
class ConditionSummary:
    """What a condition came to, for a table: accuracies in percent, at the last and the best epoch."""

    asked: Asked
    last: Interval
    best: Interval
    gap: float
    manifests: Sequence[Manifest]

    @property
    def n(self) -> int:
        """The number of repeats."""
        return self.last.n


class StoredMeasurements:
    """Answers from a store, in one precision and on one variant of each data set.

    Attributes
    ----------
    asked : list of Asked
        What was asked for by `at`.
    used : set of str
        The names of the outcomes that any answer was made of.
    at_chance : dict
        Of what was asked for, how many trainings there are, and how many of them stood at chance.
    repeats : float
        How many at most `at` gives: as many as all that a case compares have.
    """

    def __init__(self, reader: Reader, scale: str, selection: Selection) -> None:
        self.reader, self.scale, self.selection = reader, scale, selection
        self.repeats: float = inf
        self.asked: list[Asked] = []
        self.used: set[str] = set()
        self.at_chance: dict[Asked, tuple[int, int]] = {}
        self._kept: dict[tuple[object, ...], tuple[Any, set[str]]] = {}

    @property
    def compared(self) -> tuple[str, str]:
        """The precision, and the variants of the data sets: cases that share both see the same outcomes."""
        return self.selection.precision, self.selection.data

    def apart(self, repeats: float = inf) -> StoredMeasurements:
        """Return the same measurements, with what was computed of them, of which nothing was asked or used yet."""
        found = StoredMeasurements(self.reader, self.scale, self.selection)
        found.repeats, found._kept = repeats, self._kept
        return found

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Return the stored predictions of a condition.

        Raises
        ------
        NotMeasured
            A repeat is missing.
        NotApplicable
            The scale has no place for the model on the data set.
        """
        setup = setup_at(self.scale, data, model)
        if setup.repeats > self.repeats:
            setup = replace(setup, repeats=int(self.repeats))
        self.asked.append(Asked(data, model, condition, epoch))
        found = self._once(self._all_repeats, setup, condition, epoch=epoch or setup.epoch)
        self.at_chance[Asked(data, model, condition)] = len(found.predicted), found.at_chance
        return found

    def _all_repeats(self, setup: Setup, condition: str, *, epoch: str) -> Predictions:
        outcomes, card = self._stored(setup, condition)
        if len(outcomes) < setup.repeats:
            raise _lacking(setup, condition, len(outcomes))
        return predictions_of(outcomes, card, epoch)

    def collapsed(self) -> str:
        """Return how many of the trainings asked for stood at chance, in words; empty where none did."""
        trained, fallen = (sum(counts) for counts in zip(*self.at_chance.values(), strict=True))
        return f"{fallen} of {trained} trainings stood at chance" if fallen else ""

    def available(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Return the stored predictions as `at` does, but of however few repeats: for the eye, not for a judge."""
        return self._once(self._available, model, condition, data=data, epoch=epoch)

    def _available(self, model: str, condition: str, *, data: str, epoch: str) -> Predictions:
        found = self._once(self._found, model, condition, data=data)
        return predictions_of(*found, epoch or setup_at(self.scale, data, model).epoch)

    def outcomes(self, model: str, condition: str = "clean", *, data: str = "cifar10") -> list[Outcome]:
        """Return the stored repeats of a condition, however few. Raises NotMeasured where there are none."""
        return self._once(self._found, model, condition, data=data)[0]

    def _found(self, model: str, condition: str, *, data: str) -> tuple[list[Outcome], Card]:
        return self._stored(setup_at(self.scale, data, model), condition)

    def manifests(self, model: str, condition: str = "clean", *, data: str = "cifar10") -> list[Manifest]:
        """Return the realised damage of a condition by repeat."""
        return [each.damage for each in self.outcomes(model, condition, data=data)]

    def accuracy(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Estimate:
        """Return the accuracy of a condition, in percent."""
        return self._once(self._accuracy, model, condition, data=data, epoch=epoch)

    def _accuracy(self, model: str, condition: str, *, data: str, epoch: str) -> Estimate:
        return rate(self.available(model, condition, data=data, epoch=epoch).right()).scaled(100)

    def matrix(self, model: str, condition: str = "clean", *, data: str = "cifar10") -> NDArray[np.float64]:
        """Return the confusion matrix (true, predicted), averaged over repeats, in images."""
        return self._once(self._matrix, model, condition, data=data)

    def _matrix(self, model: str, condition: str, *, data: str) -> NDArray[np.float64]:
        return self.available(model, condition, data=data).matrix()

    def relative(self, model: str, condition: str, *, data: str = "cifar10") -> Cells:
        """Return the averaged matrix minus that of the clean baseline, in images; its intervals cover all at once."""
        return self._once(self._relative, model, condition, data=data)

    def _relative(self, model: str, condition: str, *, data: str) -> Cells:
        return matrix_changes(self.available(model, condition, data=data), self.available(model, data=data))

    def recalls(self, model: str, condition: str = "clean", *, data: str = "cifar10") -> Cells:
        """Return the recall of each class (K,), as a fraction; the intervals cover all classes at once."""
        return self._once(self._recalls, model, condition, data=data)

    def _recalls(self, model: str, condition: str, *, data: str) -> Cells:
        return recalls(self.available(model, condition, data=data))

    def summary(self, asked: Asked) -> ConditionSummary:
        """Return what a condition came to. Raises NotMeasured as `outcomes`."""
        return self._once(self._summary, asked.model, asked.condition, data=asked.data)

    def _summary(self, model: str, condition: str, *, data: str) -> ConditionSummary:
        found = [self.accuracy(model, condition, data=data, epoch=epoch) for epoch in ("last", "best")]
        last, best = (each.interval() for each in found)
        manifests = self.manifests(model, condition, data=data)
        return ConditionSummary(Asked(data, model, condition), last, best, best.mean - last.mean, manifests)

    def _stored(self, setup: Setup, condition: str) -> tuple[list[Outcome], Card]:
        fingerprint = self.selection.variants.get(setup.dataset)
        card = self.reader.card(fingerprint) if fingerprint else None
        if not card:
            raise NotMeasured(f"nothing on {setup.dataset} is stored")
        outcomes = self.reader.stored(cells_at(setup, condition, self.selection.precision), self.selection)
        if not outcomes:
            raise _lacking(setup, condition, 0)
        self.used.update(outcome.key for outcome in outcomes)
        return outcomes, card

    def _once(self, compute: Callable[..., T], *of: object, **options: str) -> T:
        """Return what was computed before, or compute it; either way, what it was made of is used."""
        key = (compute.__name__, *of, *options.items())
        if key not in self._kept:
            before, self.used = self.used, set()
            try:
                self._kept[key] = compute(*of, **options), self.used
            finally:
                self.used = before
        found, used = self._kept[key]
        self.used |= used
        made: T = found
        return made


SetupKey = tuple[str, str, Recipe]


def setups_of(scale: str) -> set[SetupKey]:
    """Return what a scale's protocols train: data set, model and recipe."""
    return {(setup.dataset, setup.model, setup.recipe) for setup in SCALES[scale].setups.values()}


def setup_of(outcome: Outcome) -> SetupKey:
    """Return what an outcome was trained by, as `setups_of` names it."""
    return outcome.cell.dataset, outcome.cell.model, outcome.cell.recipe


def in_each_precision(reader: Reader, scale: str) -> list[StoredMeasurements]:
    """Return a scale's measurements in each precision that any of them is stored in, for figures: fp32 first.

    Of each data set the variant with the most of them is taken.
    """
    setups = setups_of(scale)
    cells = [each.cell for each in reader.everything() if setup_of(each) in setups]
    stored = [precision for precision in reader.precisions if any(cell.precision == precision for cell in cells)]
    return [
        StoredMeasurements(reader, scale, reader.choose(cells, [precision]))
        for precision in stored or reader.precisions[:1]
    ]


def _lacking(setup: Setup, condition: str, stored: int) -> NotMeasured:
    return NotMeasured(f"{setup.model}, {condition}: {stored} of {setup.repeats} repeats are stored")
