"""From the names that a user types to the cells of a grid, and the versions of our code that they depend on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from dqsuite import corruptions, datasets, models
from dqsuite.core.errors import DqError
from dqsuite.core.grammar import parse_term
from dqsuite.corruptions import CLEAN, Chain
from dqsuite.experiment.cells import Cell, Plan, Versions
from dqsuite.experiment.recipes import Recipe

TRAINER_VERSION = 1
"""Rises when the distribution of outcomes of the training loop changes, not when it gets faster."""
REPEATS_OF_A_SEED = 10_000


def plan_grid(
    dataset: str,
    models_wanted: Sequence[str],
    conditions: Sequence[str],
    *,
    recipe: Recipe,
    repeats: int,
    precision: str,
    seed: int = 0,
) -> Plan:
    """Name the cells of a grid: the clean baseline and every condition, for every model and repeat.

    Repeats come first in the order, so that a run that is stopped has measured every condition equally often. Those of
    another seed are others: a repeat's number is all that its random streams come from.

    Raises
    ------
    DqError
        A name or a level cannot be read, the data set cannot be found, or the seed is below 0.
    """
    if seed < 0 or repeats > REPEATS_OF_A_SEED:
        raise DqError("the seed is below 0, or the repeats are too many", f"a seed has {REPEATS_OF_A_SEED:,} repeats")
    first = seed * REPEATS_OF_A_SEED
    identity = datasets.identify(dataset)
    chains = list(dict.fromkeys([corruptions.parse(CLEAN), *map(corruptions.parse, conditions)]))
    names = list(dict.fromkeys(models.identify(text).name for text in models_wanted))
    pairs = [(chain, name, versions(chain, name)) for name, chain in product(names, chains)]
    cells = tuple(
        Cell(identity.name, chain, name, recipe, precision, repeat, found)
        for repeat, (chain, name, found) in product(range(first, first + repeats), pairs)
    )
    return Plan(dataset, identity.fingerprint, cells, identity.notes)


def versions(condition: Chain, model: str) -> Versions:
    """Return the versions of our code that a cell's outcome depends on; outcomes of other versions are not used.

    What is not ours stands in the names by digest or version.
    """
    found = {step.name: corruptions.CORRUPTIONS[step.name].version for step in condition.terms}
    name = parse_term(model).name
    if name in models.MODELS:
        found[name] = models.MODELS[name].version
    return (("train", TRAINER_VERSION), *sorted(found.items()))


def is_current(cell: Cell) -> bool:
    """Tell whether this version of dqsuite would measure the cell in the same way."""
    try:
        return cell.versions == versions(cell.condition, cell.model)
    except DqError:  # it names what this version does not know
        return False
