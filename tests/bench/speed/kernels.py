"""The compiled layers on against off: training on one thread each, in turn, model by model."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from dqsuite.core.errors import DqError
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.training.kernels.compiled import SWITCH, problem
from speed.cases import fixed
from speed.data import provide, told
from speed.figure import Figure, number
from speed.settings import Settings
from speed.sides import ours_one
from speed.turns import Call, in_turn, process

_LEAST = 1.3  # what a layer of our own has to gain to be worth its C++
_TEST = 100  # images: the time is that of training


class _Trained(NamedTuple):
    dataset: str
    recipe: str
    images: int


MODELS = {
    "lenet": _Trained("cifar10", "lie-lenet-plain", 10_000),
    "lenet5": _Trained("mnist", "he-mnist", 10_000),
    "poison_cnn": _Trained("mnist", "poisoning", 3_000),
    "custom": _Trained("cifar10", "lie-custom-plain", 1_000),
    "resnet18;width=0.25": _Trained("cifar10", "lie-deep-plain", 1_000),
    "unresnet18;width=0.25": _Trained("cifar10", "lie-deep-plain", 1_000),
    "resnet20": _Trained("cifar10", "he-cifar10", 1_000),
}


def measure(settings: Settings) -> Iterator[Figure]:
    """Yield the ratio of each model: how many times faster it trains with them than without.

    Raises
    ------
    DqError
        There are no compiled layers here.
    """
    if said := problem():
        raise DqError(said)
    for model, trained in MODELS.items():
        with tempfile.TemporaryDirectory() as folder, process() as on, process() as off:
            yield _figure(model, trained, settings, Path(folder), (on, off))


def _figure(model: str, trained: _Trained, settings: Settings, folder: Path, sides: tuple[Call, Call]) -> Figure:
    count = settings.images or trained.images
    dataset = provide(trained.dataset, count, _TEST, folder)
    recipe = fixed(RECIPES[trained.recipe], settings.epochs or 1)
    plan = plan_grid(dataset, [model], [], recipe=recipe, repeats=settings.turns, precision="fp32")
    on, off = sides

    def rate(call: Call, switch: str, turn: int) -> float:
        seconds: float = call(timed, plan, plan.cells[turn], switch)
        return count * recipe.epochs / seconds

    rate(on, "on", 0)
    rate(off, "off", 0)
    turns = in_turn(settings.turns, lambda turn: rate(on, "on", turn), lambda turn: rate(off, "off", turn))
    one, other = (number(median(side)) for side in zip(*turns, strict=True))
    return Figure(
        name=f"{model}, kernels on against off",
        values=[fast / slow for fast, slow in turns],
        unit="×",
        least=_LEAST,
        note=f"{one} against {other} images/s on one thread; {told(trained.dataset, dataset)}, {recipe.name}",
    )


def timed(plan: Plan, cell: Cell, switch: str) -> float:
    """Return the seconds of a cell with the compiled layers ``on`` or ``off``."""
    os.environ[SWITCH] = switch
    return ours_one(plan, cell, "cpu").seconds
