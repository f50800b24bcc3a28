"""What a report reads from a store: every outcome once, for the judges, the figures and the studies alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from dqsuite.claims.requirements import StoreLab
from dqsuite.claims.scales import SCALES
from dqsuite.core.hardware import native_precision, resolve_device
from dqsuite.corruptions import Manifest
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.recipes import Recipe
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.results import study
from dqsuite.results.predictions import Predictions
from dqsuite.results.study import Study
from dqsuite.statistics.estimate import Interval, mean_interval

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


class Shelf(StoreLab):
    """Shows judges and figures what is stored, and remembers what they asked for and which outcomes were used.

    It judges the precision in which most outcomes of the scale's protocols are stored: a report may be drawn on another
    machine than the one that trained.
    """

    def __init__(self, store: Store, scale: str, say: study.Say) -> None:
        found = study.read(store, sorted(store.list(OUTCOMES)), say)
        self.all = {outcome.key: outcome for outcome in _fitting(store, found, say)}
        super().__init__(store, scale, _precision(self.all.values(), scale), say)
        self.asked: list[Asked] = []
        self.used: set[str] = set()
        self._kept: dict[tuple[object, ...], Any] = {}

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Return the predictions of a condition, as `StoreLab` does, and note that they were asked for."""
        self.asked.append(Asked(data, model, condition, epoch))
        return super().at(model, condition, data=data, epoch=epoch)

    def available(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Return the stored predictions of however few repeats, as `StoreLab` does."""
        return self._once(super().available, model, condition, data=data, epoch=epoch)

    def _once(self, compute: Callable[..., T], model: str, condition: str, **options: str) -> T:
        """Return what was computed of a condition before, or compute it."""
        key = (compute.__name__, model, condition, *options.items())
        if key not in self._kept:
            self._kept[key] = compute(model, condition, **options)
        found: T = self._kept[key]
        return found

    def _take(self, names: Collection[str]) -> list[Outcome]:
        self.used.update(names)
        return [self.all[name] for name in names if name in self.all]

    def manifests(self, model: str, condition: str = "clean", *, data: str = "cifar10") -> list[Manifest]:
        """Return the realised damage of a condition by repeat."""
        found = self.outcomes(model, condition, data=data)
        return [Manifest.from_json(dict(outcome.manifest)) for outcome in found]

    def accuracy(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Interval:
        """Return the accuracy of a condition, in percent."""
        return self._once(self._accuracy, model, condition, data=data, epoch=epoch)

    def _accuracy(self, model: str, condition: str, *, data: str, epoch: str) -> Interval:
        return mean_interval(100 * self.available(model, condition, data=data, epoch=epoch).right())

    def matrix(self, model: str, condition: str = "clean", *, data: str = "cifar10") -> NDArray[np.float64]:
        """Return the confusion matrix (true, predicted), averaged over repeats, in images."""
        return self._once(self._matrix, model, condition, data=data)

    def _matrix(self, model: str, condition: str, *, data: str) -> NDArray[np.float64]:
        predictions = self.available(model, condition, data=data)
        k = len(predictions.classes)
        counts = [
            np.bincount(predictions.truth * k + row, minlength=k * k) for row in predictions.predicted.astype(np.int64)
        ]
        return np.asarray(np.mean(counts, axis=0).reshape(k, k), float)

    def relative(self, model: str, condition: str, *, data: str = "cifar10") -> NDArray[np.float64]:
        """Return the averaged matrix minus that of the clean baseline, in images."""
        return self.matrix(model, condition, data=data) - self.matrix(model, data=data)

    def recall(self, model: str, condition: str = "clean", *, data: str = "cifar10") -> NDArray[np.float64]:
        """Return the TPR of each class (K,), as a fraction."""
        matrix = self.matrix(model, condition, data=data)
        return np.asarray(np.diagonal(matrix) / matrix.sum(1))

    def measured(self, asked: Asked) -> ConditionSummary:
        """Return what a condition came to. Raises NotMeasured as `outcomes`."""
        return self._once(self._measure, asked.model, asked.condition, data=asked.data)

    def _measure(self, model: str, condition: str, *, data: str) -> ConditionSummary:
        last, best = (self.accuracy(model, condition, data=data, epoch=epoch) for epoch in ("last", "best"))
        manifests = self.manifests(model, condition, data=data)
        return ConditionSummary(Asked(data, model, condition), last, best, best.mean - last.mean, manifests)

    def others(self) -> list[Study]:
        """Return the studies of the outcomes that neither a judge nor a figure has used, but for other scales' own."""
        elsewhere = set().union(*map(_setups, SCALES)) - _setups(self.scale)
        rest = [each for key, each in self.all.items() if key not in self.used and _setup_of(each) not in elsewhere]
        return study.group(self.store, rest, self.say)


def _fitting(store: Store, outcomes: Iterable[Outcome], say: study.Say) -> Iterator[Outcome]:
    """Yield the outcomes that can have been measured on their data set, and those whose card is missing."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.fingerprint].append(outcome)
    for fingerprint, found in groups.items():
        card = study.read_card(store, fingerprint, say)
        yield from study.fitting_outcomes(found, card, say) if card else found


SetupKey = tuple[str, str, Recipe]


def _setups(scale: str) -> set[SetupKey]:
    return {(setup.dataset, setup.model, setup.recipe) for setup in SCALES[scale].setups.values()}


def _setup_of(outcome: Outcome) -> SetupKey:
    return outcome.cell.dataset, outcome.cell.model, outcome.cell.recipe


def _precision(outcomes: Collection[Outcome], scale: str) -> str:
    setups = _setups(scale)
    counts = Counter(outcome.cell.precision for outcome in outcomes if _setup_of(outcome) in setups)
    return counts.most_common(1)[0][0] if counts else native_precision(resolve_device("cpu"))
