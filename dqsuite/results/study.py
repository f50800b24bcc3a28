"""A study: a grid of cells, and the labelled arrays of their outcomes. The only place that sees all the parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from dqsuite.corruptions import CLEAN, Chain, Manifest
from dqsuite.datasets.duplicates import Duplicates
from dqsuite.experiment.card import Card
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.recipes import Recipe
from dqsuite.results.expect import Expected, expected
from dqsuite.results.intervals import class_changes, matrix_changes, recalls
from dqsuite.results.predictions import Predictions, predictions_of
from dqsuite.statistics.estimate import Estimate, Interval, change, rate
from dqsuite.statistics.metrics import confusion_matrix, recall
from dqsuite.statistics.simultaneous import Cells, cells_at_once, falls_at_once

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr  # takes a third of a second, which a list of verdicts has no use for


T = TypeVar("T")
ENDS = ("mean", "low", "high")  # of an interval, as labelled arrays have them


class Realised(NamedTuple):
    """The damage of a condition: the mean fraction of labels made wrong, and the records kept in each repeat."""

    wrong: float
    records: list[int]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Realised:
        """Return that of a condition's outcomes."""
        kept = [each.kept for each in outcomes]
        return cls(float(np.mean([wrong / whole for whole, wrong in kept])), [whole for whole, _ in kept])


@dataclass(frozen=True)
class Study:
    """Outcomes on one data set, of one recipe and precision: models × conditions × repeats.

    `copies` are the pictures that stand in the data set more than once, None where nobody has looked for them.
    """

    card: Card
    outcomes: tuple[Outcome, ...]
    copies: Duplicates | None = None

    @property
    def recipe(self) -> Recipe:
        """The recipe that all the cells share."""
        return self.outcomes[0].cell.recipe

    def __getitem__(self, condition: str) -> Expected:
        """Return what can be demanded of a condition: ``study["wrong:0.1"].cost.must_be_below(0.03)``."""
        return expected(self, condition)

    @cached_property
    def models(self) -> list[str]:
        """The models in the order of the cells."""
        return list(dict.fromkeys(outcome.cell.model for outcome in self.outcomes))

    def conditions(self, model: str) -> list[str]:
        """Return the model's conditions, the clean baseline first."""
        found = [condition for trained, condition in self._grid if trained == model]
        return sorted(found, key=lambda condition: condition != CLEAN)

    def at(self, model: str, condition: str) -> list[Outcome]:
        """Return the outcomes of one condition by repeat."""
        return self._grid.get((model, condition), [])

    @cached_property
    def _grid(self) -> dict[tuple[str, str], list[Outcome]]:
        grid: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
        for outcome in sorted(self.outcomes, key=lambda outcome: outcome.cell.repeat):
            grid[outcome.cell.model, outcome.cell.corruption].append(outcome)
        return dict(grid)

    def manifests(self, model: str, condition: str) -> list[Manifest]:
        """Return the realised damage of one condition by repeat."""
        return [outcome.damage for outcome in self.at(model, condition)]

    def predicted(self, model: str, condition: str, epoch: str = "last") -> xr.DataArray:
        """Return the predicted classes (repeat, image) at the ``last`` or the ``best`` epoch."""
        found = self.at(model, condition)
        import xarray as xr

        return xr.DataArray(
            np.stack([outcome.last if epoch == "last" else outcome.best for outcome in found]),
            dims=("repeat", "image"),
            coords={"repeat": [outcome.cell.repeat for outcome in found]},
        )

    def matrix(self, model: str, condition: str, epoch: str = "last") -> xr.DataArray:
        """Return the confusion matrices (repeat, true, predicted), in images."""
        return confusion_matrix(self.card.y_test, self.predicted(model, condition, epoch), self.card.classes)

    def relative(self, model: str, condition: str) -> xr.Dataset | None:
        """Return the averaged matrix minus the clean one's, in images, or None without a baseline.

        Returns
        -------
        Dataset
            ``mean``, ``low`` and ``high``, each (true, predicted); the intervals cover all cells at once (95%).
        """
        found = self.matrix_changes(model, condition)
        return None if found is None else self._labelled(found, "true", "predicted").to_dataset("end")

    def matrix_changes(self, model: str, condition: str) -> Cells | None:
        """Return the same without names: (true, predicted)."""
        if not self.at(model, CLEAN):
            return None
        return matrix_changes(self.predictions(model, condition), self.predictions(model, CLEAN))

    def recall_change(self, model: str, condition: str) -> xr.Dataset | None:
        """Return the change of each class's recall against the clean one's, a fraction, or None without a baseline.

        Returns
        -------
        Dataset
            ``mean``, ``low`` and ``high``, each (class,); the intervals cover all classes at once (95%).
        """
        if condition == CLEAN or not self.at(model, CLEAN):
            return None
        found = cells_at_once(self.class_changes(model, condition), (len(self.card.classes),))
        return self._labelled(found, "class").to_dataset("end")

    def class_changes(self, model: str, condition: str) -> list[Estimate]:
        """Return the change of each class's recall against the clean baseline, a fraction; computed once."""
        clean = self.once(("clean", model), lambda: self.predictions(model, CLEAN))
        computed = partial(class_changes, self.predictions(model, condition), clean)
        return self.once(("class changes", model, condition), computed)

    def realised(self, model: str, condition: str) -> Realised:
        """Return what the damage of a condition came to; computed once."""
        return self.once(("realised", model, condition), lambda: Realised.of(self.at(model, condition)))

    def once(self, name: tuple[str, ...], compute: Callable[[], T]) -> T:
        """Return what was computed of this study under a name before, or compute it."""
        if name not in self._computed:
            self._computed[name] = compute()
        found: T = self._computed[name]
        return found

    @cached_property
    def _computed(self) -> dict[tuple[str, ...], Any]:
        return {}

    def accuracy(self, model: str, condition: str, epoch: str = "last") -> Interval:
        """Return the test accuracy with its interval over repeats and images."""
        return rate(self.predictions(model, condition, epoch).right()).interval()

    def accuracy_change(self, model: str, condition: str, against: str = CLEAN) -> Interval | None:
        """Return the accuracy minus that of another condition, paired by repeat and image, or None without a pair."""
        found, others = self.at(model, condition), self.at(model, against)
        shared = {each.cell.repeat for each in found} & {each.cell.repeat for each in others}
        if not shared:
            return None
        one, other = (
            predictions_of([each for each in side if each.cell.repeat in shared], self.card, "last").right()
            for side in (found, others)
        )
        return change(one, other).interval()

    def accuracies(self, epoch: str = "last") -> xr.DataArray:
        """Return the test accuracy of every training, a fraction: (model, condition, repeat), nan where there is none.

        Parameters
        ----------
        epoch : str
            ``last``, or ``best``: the one with the best test accuracy.
        """
        right = {key: self._right(*key, epoch).mean("image") for key in self._grid}
        return self._arranged(right, "accuracy")

    def matrices(self, epoch: str = "last") -> xr.DataArray:
        """Return every confusion matrix in images: (model, condition, repeat, true, predicted), truth in rows."""
        return self._arranged({key: self.matrix(*key, epoch) for key in self._grid}, "images")

    def recalls(self, epoch: str = "last") -> xr.DataArray:
        """Return the recall of each class in every training, a fraction: (model, condition, repeat, class)."""
        return self._arranged({key: recall(self.matrix(*key, epoch)) for key in self._grid}, "recall")

    def recall_intervals(self, epoch: str = "last") -> xr.Dataset:
        """Return the recall of each class with its interval: ``mean``, ``low``, ``high`` (model, condition, class).

        The intervals of a model under a condition cover all classes at once (95%).
        """
        found = {key: self._labelled(recalls(self.predictions(*key, epoch)), "class") for key in self._grid}
        return self._arranged(found, "recall").to_dataset("end")

    def to_dataframe(self) -> pd.DataFrame:
        """Return a row for each training: model, condition, repeat, accuracy, best_accuracy, labels_wrong, records...

        ``labels_wrong`` is the fraction of the labels trained on that the damage made wrong, ``records`` their number,
        ``seconds`` the time of training, and ``recall_CLASS`` the recall of each class; fractions are from 0 to 1.
        """
        import pandas as pd

        return pd.DataFrame([self._row(outcome) for key in self._grid for outcome in self.at(*key)])

    def _row(self, outcome: Outcome) -> dict[str, object]:
        manifest, truth = outcome.damage, self.card.y_test
        row: dict[str, object] = {
            "model": outcome.cell.model,
            "condition": outcome.cell.corruption,
            "repeat": outcome.cell.repeat,
            "accuracy": float((outcome.last == truth).mean()),
            "best_accuracy": float((outcome.best == truth).mean()),
            "labels_wrong": manifest.effective_rate,
            "records": manifest.records_after,
            "seconds": float(outcome.provenance["seconds"]),
        }
        hits = np.bincount(truth[outcome.last == truth], minlength=len(self.card.classes))
        totals = np.bincount(truth, minlength=len(self.card.classes))
        with np.errstate(invalid="ignore"):
            return row | {f"recall_{name}": rate for name, rate in zip(self.card.classes, hits / totals, strict=True)}

    def _arranged(self, found: dict[tuple[str, str], xr.DataArray], name: str) -> xr.DataArray:
        import xarray as xr

        models = self.models
        conditions = list(dict.fromkeys(each for model in models for each in self.conditions(model)))
        rows = [
            xr.concat([found[model, each] for each in conditions if (model, each) in found], "condition", join="outer")
            .assign_coords(condition=[each for each in conditions if (model, each) in found])
            .reindex(condition=conditions)
            for model in models
        ]
        return xr.concat(rows, "model", join="outer").assign_coords(model=models).rename(name)

    def same_level(self, model: str) -> list[tuple[str, str]]:
        """Return the pairs of conditions that do different things to the same amount: shuffle:0.3 and reduce:0.3."""
        alike: dict[Amount, list[str]] = defaultdict(list)
        names = [name for name in self.conditions(model) if name != CLEAN]
        for name in names:
            alike[_amount(self.at(model, name)[0].cell.condition)].append(name)
        place = {name: at for at, name in enumerate(names)}
        pairs = chain.from_iterable(combinations(found, 2) for found in alike.values())
        return sorted(pairs, key=lambda pair: (place[pair[0]], place[pair[1]]))

    def most_hit(self, model: str, condition: str, count: int = 3) -> list[tuple[str, Interval]]:
        """Return the classes that lost most recall against the clean baseline, the worst first.

        A class is named where its interval lies below 0; the intervals cover all classes at once (95%).
        """
        if condition == CLEAN or not self.at(model, CLEAN):
            return []
        found = zip(self.card.classes, falls_at_once(self.class_changes(model, condition)), strict=True)
        return sorted(((name, lost) for name, lost in found if lost), key=lambda each: each[1].mean)[:count]

    def hit_in_words(self, model: str, condition: str, wording: Callable[[Interval], str], between: str = ", ") -> str:
        """Return `most_hit` in words, or why no class is named; empty where there is nothing to compare."""
        if condition == CLEAN or not self.at(model, CLEAN):
            return ""
        if min(len(self.at(model, each)) for each in (condition, CLEAN)) == 1:
            return "one repeat"
        named = [f"{name} {wording(lost)}" for name, lost in self.most_hit(model, condition)]
        return between.join(named) or "within noise"

    def predictions(self, model: str, condition: str, epoch: str = "last") -> Predictions:
        """Return what `predicted` does, with the truth."""
        return predictions_of(self.at(model, condition), self.card, epoch)

    def _labelled(self, found: Cells, *dims: str) -> xr.DataArray:
        """Return numbers and the ends of their intervals as (end, ...), the other dimensions being of classes."""
        import xarray as xr

        coords = {"end": list(ENDS)} | {name: list(self.card.classes) for name in dims}
        return xr.DataArray(np.stack([getattr(found, end) for end in ENDS]), dims=("end", *dims), coords=coords)

    def _right(self, model: str, condition: str, epoch: str = "last") -> xr.DataArray:
        predicted = self.predicted(model, condition, epoch)
        return predicted.copy(data=(predicted.values == self.card.y_test).astype(float))


Amount = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def _amount(condition: Chain) -> Amount:
    return tuple((step.value, step.params) for step in condition.terms)
