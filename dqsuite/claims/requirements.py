"""What a case of a claim needs to have trained: what its judge asks for, at a scale."""

from __future__ import annotations

from functools import lru_cache
from math import inf

import numpy as np

from dqsuite import corruptions, datasets
from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.scales import SCALES
from dqsuite.claims.source import Setup
from dqsuite.core.grammar import parse_term
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.plan import versions
from dqsuite.results.predictions import Predictions

_IMAGES = 2  # of each class in noted predictions: as few as have a variance


class NotApplicable(Exception):  # noqa: N818 - a verdict, no error
    """The scale has no place for what a judge asks for."""


class NotMeasured(Exception):  # noqa: N818 - a verdict, no error
    """What a judge asks for is not stored."""


def taken_cases(claim: Claim, scale: str) -> list[str]:
    """Return the names of the claim's cases that a scale judges."""
    return [name for name, _ in claim.named_cases() if SCALES[scale].takes(claim.id, name)]


def deciding_cases(claim: Claim, scale: str) -> int:
    """Return how many of the claim's cases decide it at a scale; at least 1."""
    taken = taken_cases(claim, scale)
    return max(1, sum(claim.decides(case) for name, case in claim.named_cases() if name in taken))


def cells_of(claim: Claim, case: Case, scale: str, precision: str) -> list[Cell]:
    """Return the cells that a case needs: those that its judge asks for, of the repeats that all its setups have.

    Raises
    ------
    NotApplicable
        The scale does not judge the case, or has no place for one of the models.
    """
    if not SCALES[scale].takes(claim.id, "-".join(case.values())):
        raise NotApplicable(f"its criterion means nothing at scale {scale}")
    notes = Requirements(scale, precision)
    claim.judge(notes, **case)
    return [cell for cell in dict.fromkeys(notes.cells) if cell.repeat < notes.repeats]


def known(claim: Claim, case: Case) -> bool:
    """Tell whether a case is applicable at any scale."""
    return any(_applicable(claim, case, scale) for scale in SCALES)


def _applicable(claim: Claim, case: Case, scale: str) -> bool:
    try:
        cells_of(claim, case, scale, "fp32")
    except NotApplicable:
        return False
    return True


class Requirements:
    """Notes the cells that a judge asks for, and shows it one repeat in which every image was predicted right.

    Attributes
    ----------
    cells : list of Cell
        Every repeat of what was asked for.
    repeats : float
        The fewest that any of it has: comparisons are paired by repeat.
    """

    def __init__(self, scale: str, precision: str) -> None:
        self.scale, self.precision = scale, precision
        self.cells: list[Cell] = []
        self.repeats = inf

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Note the cells of a condition. Raises NotApplicable where the scale has no place for them."""
        setup = setup_at(self.scale, data, model)
        self.cells += cells_at(setup, condition, self.precision)
        self.repeats = min(self.repeats, setup.repeats)
        return _all_right(CLASSES.get(parse_term(data).name) or _classes(setup.dataset))


@lru_cache(maxsize=64)
def _all_right(classes: tuple[str, ...]) -> Predictions:
    truth = np.repeat(np.arange(len(classes)), _IMAGES)
    return Predictions(truth, classes, truth[None], [np.ones(1)])


@lru_cache(maxsize=64)
def _classes(dataset: str) -> tuple[str, ...]:
    """Return the class names of a data set that is not a published one, which is read for them."""
    return datasets.load(dataset).classes


def setup_at(scale: str, data: str, model: str) -> Setup:
    """Return what stands for a source's model on its data set. Raises NotApplicable where a scale has none."""
    found = SCALES[scale].setups.get((data, model))
    if not found:
        raise NotApplicable(f"scale {scale} has no {model} on {data}")
    return found


@lru_cache(maxsize=4096)  # many cases and figures ask for the same conditions
def cells_at(setup: Setup, condition: str, precision: str) -> tuple[Cell, ...]:
    """Return the cells of a condition, one for each repeat."""
    chain = corruptions.parse(setup.condition(condition))
    found = versions(chain, setup.model)
    return tuple(
        Cell(setup.dataset, chain, setup.model, setup.recipe, precision, repeat, found)
        for repeat in range(setup.repeats)
    )
