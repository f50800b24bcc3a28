"""What is trained to say how wrong the labels are and what repairing them gains, and the answers from it.

The trainings are those of the recipe, with its epochs: whoever collects records trains on them as on the others. Two
steps, for what noise is added is known once the labels are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dqsuite.advice.audit import Audit
from dqsuite.advice.folds import FOLDS, fold_plan, out_of_fold
from dqsuite.advice.labels import WrongLabels, wrong_labels
from dqsuite.advice.noise_matrix import Noise, added, noise_of
from dqsuite.advice.outlook import Outlook
from dqsuite.advice.response import DRAWS, Response, Slope
from dqsuite.advice.trusted import Trusted, halves, trained_on
from dqsuite.core.errors import DqError
from dqsuite.corruptions import CLEAN
from dqsuite.datasets import Dataset
from dqsuite.datasets.by_content import content, keep_arrays
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import Recipe
from dqsuite.experiment.store import Store
from dqsuite.results.reader import Reader, Say
from dqsuite.statistics.joint import JointEstimate

REPEATS = 5
_LAST = 1_000_000  # epochs from one measurement to the next: the last alone counts
_HALF = "reduce:0.5;stratified=1"
_CELLS = 3  # conditions of a repeat: as they are, half of them, and with noise added
_TRUSTED = 4  # more: either half of the test set, clean and noisy

Train = Callable[[Plan], None]
"""Has the cells of a plan trained that the store lacks."""


def effort(records: int, images: int, repeats: int = REPEATS) -> tuple[int, float]:
    """Return how many trainings both steps take, and as how many on all the records they weigh.

    Parameters
    ----------
    records, images : int
        For training, and for testing.
    repeats : int
    """
    part = trained_on(records, images)
    count = FOLDS + (_CELLS + (_TRUSTED if part else 0)) * repeats
    return count, FOLDS - 1 + (_CELLS - 0.5 + _TRUSTED * part / records) * repeats


@dataclass(frozen=True)
class Repairs:
    """A data set, whose labels may be wrong, with the model that is to be trained on it.

    Attributes
    ----------
    dataset : Dataset
    model, precision : str
    recipe : Recipe
    store : Store
    train : callable
    say : callable
        Is told what the reader of the store has to say.
    repeats, seed : int
    """

    dataset: Dataset
    model: str
    recipe: Recipe
    precision: str
    store: Store
    train: Train
    say: Say
    repeats: int = REPEATS
    seed: int = 0

    def folds(self) -> Plan:
        """Return the trainings that leave each record out once."""
        return fold_plan(self.dataset, self.model, self._recipe, self.precision, seed=self.seed)

    def labels(self, audit: Audit | None = None) -> WrongLabels:
        """Find out how wrong the labels are, and which.

        Raises
        ------
        DqError
            There is one class, there are too few records, or cleanlab is not installed.
        """
        plan = self.folds()
        self.train(plan)
        found = out_of_fold(self.store, plan, self.dataset)
        return wrong_labels(found, self.dataset.y_train, self.dataset.y_test, audit)

    def outlook(self, labels: WrongLabels) -> Outlook:
        """Find out what repairing labels, or collecting records, is to gain.

        Raises
        ------
        DqError
            The repeats are one, or a cell cannot be trained.
        """
        if self.repeats < 2:
            raise DqError("one repeat tells nothing of its spread", "give --repeats 2 or more")
        noise = noise_of(labels.rate.mean, labels.mixture.joint, labels.audit)
        more = added(noise)
        joint = self._accuracies(self.dataset, [_HALF, more.condition])
        response = Response.fit(joint, more.power, len(self.dataset.y_train), self._known(noise))
        return Outlook(response, labels, noise, self.repeats)

    def _known(self, noise: Noise) -> list[Slope]:
        """Return what trusted data say of the noise, where there are enough of them."""
        parts = halves(self.dataset, self.seed)
        if not parts:
            return []
        same = added(noise, 1.0)
        found = [self._accuracies(part, [same.condition]) for part in parts]
        trusted = Trusted(found, same.power, len(parts[0].y_train))
        return [trusted.slope(len(self.dataset.y_train), DRAWS)]

    @property
    def _recipe(self) -> Recipe:
        """The user's recipe, measured once where nothing depends on measuring more often."""
        try:
            return self.recipe.with_settings(measured=_LAST)
        except DqError:
            return self.recipe

    def _accuracies(self, dataset: Dataset, conditions: Sequence[str]) -> JointEstimate:
        """Have it trained on as it is and under conditions; return the accuracies in this order."""
        path = keep_arrays(content(dataset.arrays), "labels")
        plan = plan_grid(
            f"npz:{path}",
            [self.model],
            conditions,
            recipe=self._recipe,
            repeats=self.repeats,
            precision=self.precision,
            seed=self.seed,
        )
        self.train(plan)
        found = Reader(self.store, self.say).outcomes(map(plan.key, plan.cells))
        if len(found) < len(plan.cells):
            raise DqError(f"{len(plan.cells) - len(found)} trainings are missing", "run it again")
        names = list(dict.fromkeys(cell.corruption for cell in plan.cells))
        assert names[0] == CLEAN
        by_cell = {(outcome.cell.corruption, outcome.cell.repeat): outcome.last for outcome in found}
        numbers = sorted({cell.repeat for cell in plan.cells})
        rows = [[by_cell[name, number] == dataset.y_test for name in names] for number in numbers]
        return JointEstimate.of([np.array(rows, float).transpose(0, 2, 1)], low=0, high=1)
