"""The trainings that are timed: one table."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from dqsuite.core.errors import DqError
from dqsuite.core.registry import Registry
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES, Recipe
from speed.data import provide
from speed.settings import Settings


@dataclass(frozen=True)
class Case:
    """A model trained as one of the sources trains it, on fewer images and for fewer epochs.

    Attributes
    ----------
    dataset : str
        The published data set whose first images it takes.
    train, test, epochs : int
        Images and epochs of a cell.
    conditions : tuple of str
        Those of a sweep, in canonical form; the first is that of the single cell.
    least : float
        How many times faster than the plain loop a sweep should be on two cores.
    """

    dataset: str
    model: str
    recipe: str
    train: int
    test: int
    epochs: int
    conditions: tuple[str, ...]
    least: float

    def plan(self, settings: Settings, folder: Path) -> Plan:
        """Return the cells of the sweep, every condition equally often; an excerpt of the data goes to the folder.

        Raises
        ------
        DqError
            There are too few cells for an interval of each condition's accuracy.
        """
        if min(settings.cells, settings.plain_cells) < 2 * len(self.conditions):
            raise DqError(
                f"{settings.plain_cells} of {settings.cells} cells show no spread of the accuracy",
                f"give --cells and --plain-cells {2 * len(self.conditions)} or more",
            )
        train, test = (settings.images, -(-settings.images // 5)) if settings.images else (self.train, self.test)
        found = plan_grid(
            provide(self.dataset, train, test, folder),
            [self.model],
            self.conditions,
            recipe=fixed(RECIPES[self.recipe], settings.epochs or self.epochs),
            repeats=max(settings.turns, -(-settings.cells // len(self.conditions))),
            precision=settings.precision,
        )
        cells = tuple(cell for cell in found.cells if cell.corruption in self.conditions)
        return dataclasses.replace(found, cells=cells)


def fixed(recipe: Recipe, epochs: int) -> Recipe:
    """Return the recipe for a number of epochs, each measured, whatever happens in them: the work is then fixed."""
    return dataclasses.replace(
        recipe,
        name=f"{recipe.name}, {epochs} epochs",
        epochs=epochs,
        updates=0,
        measured=1,
        schedule="constant",
        milestones=(),
        patience=0,
        plateau_patience=0,
        fit=False,
        fit_sample=0,
        repair=0.0,
    )


_NOISE = ("clean", "shuffle:0.2")
_POISON = ("first:1000", "first:1000+wrong:0.4")

CASES: Registry[Case] = Registry(
    "case",
    {
        "lenet": Case("cifar10", "lenet", "lie-lenet", 10_000, 2_000, 2, _NOISE, least=5),
        "lenet5": Case("mnist", "lenet5", "he-mnist", 12_000, 2_000, 2, _NOISE, least=5),
        "custom": Case("cifar10", "custom", "lie-custom", 2_000, 400, 1, _NOISE, least=4),
        "resnet18": Case("cifar10", "resnet18;width=0.25", "lie-deep", 2_000, 400, 1, _NOISE, least=2),
        "poison_cnn": Case("mnist", "poison_cnn", "poisoning", 60_000, 10_000, 3, _POISON, least=5),
    },
)
