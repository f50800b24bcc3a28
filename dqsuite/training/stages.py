"""What a cell is trained on, stage after stage: the damaged data, and by a recipe that repairs them other data then."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dqsuite import corruptions
from dqsuite.core import seeds
from dqsuite.corruptions import Damaged
from dqsuite.datasets import Dataset
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.recipes import Recipe
from dqsuite.training.batches import Batches, Scaling, batches_in
from dqsuite.training.optimise import Rate

_REPAIR = 1  # the child of the stream of orders that the second stage draws from


@dataclass(frozen=True, eq=False)
class Stage:
    """So many updates on one training set, by an optimiser of its own.

    Attributes
    ----------
    batches : Batches
        The training set.
    updates : int
        All that are made.
    length : int
        Updates that the recipe counts as one epoch, for its milestones.
    rate : Rate
    order : SeedSequence
        Of the batches and their augmentation.
    """

    batches: Batches
    updates: int
    length: int
    rate: Rate
    order: np.random.SeedSequence

    @property
    def epochs(self) -> int:
        """Passes over the training set, the last of which may be cut short."""
        return -(-self.updates // len(self.batches))


def stages_of(cell: Cell, damaged: Damaged, dataset: Dataset, scaling: Scaling, device: str) -> list[Stage]:
    """Return the stages of a training: one, or two by a recipe that repairs.

    Then both count epochs of the repaired data set: so every condition makes the same updates in the first stage, be
    its data as many or fewer (of which it makes more passes), with the same rate at each, and the same in the second.
    There every condition of a repeat meets the same batches. The scaling stays that of the damaged images, by which the
    weights came about.

    By a recipe that counts the passes over other data, the one stage makes as many updates as on those, with the same
    rate at each.

    Raises
    ------
    DqError
        The condition of the second stage, or that whose passes count, cannot be read, or does not fit the data.
    """
    recipe, streams = cell.recipe, seeds.streams(cell.repeat)
    batches = Batches(damaged, recipe, scaling, device)
    if not recipe.repair:
        length = batches_in(_records(recipe.counted, dataset, cell), recipe) if recipe.counted else len(batches)
        updates = _updates(recipe, length)
        return [Stage(batches, updates, length, Rate(recipe, updates), streams.order)]
    chain = corruptions.parse(recipe.repaired)
    repaired = corruptions.apply(chain, dataset.x_train, dataset.y_train, dataset.classes, streams.noise)
    whole = Batches(repaired, recipe, scaling, device)
    updates = _updates(recipe, len(whole))
    first = Stage(batches, updates, len(whole), Rate(recipe, updates), streams.order)
    last_rate = first.rate.at((updates - 1) // len(whole), updates - 1)
    updates = max(1, round(recipe.repair * updates))
    rate = Rate(replace(recipe, learning_rate=last_rate, milestones=()), updates)
    return [first, Stage(whole, updates, len(whole), rate, seeds.child(streams.order, _REPAIR))]


def _records(condition: str, dataset: Dataset, cell: Cell) -> int:
    """Return how many records a condition leaves of a data set in the cell's repeat."""
    chain, noise = corruptions.parse(condition), seeds.streams(cell.repeat).noise
    return len(corruptions.damage_labels(chain, dataset.y_train, dataset.classes, noise).labels)


def _updates(recipe: Recipe, batches: int) -> int:
    """Return the updates at most: the smaller of the recipe's two bounds."""
    bounds = [bound for bound in (recipe.updates, recipe.epochs * batches) if bound]
    return min(bounds)
