"""In which order to train what many cases need, so that the first hours decide the most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

from dqsuite.core.grammar import parse_chain, parse_term
from dqsuite.experiment.cells import Cell

Name = TypeVar("Name", bound=Hashable)

MULTIPLICATIONS = {
    "custom": 38.7,
    "lenet": 0.65,
    "lenet5": 0.89,
    "poison_cnn": 10.5,
    "resnet18": 555.0,
    "unresnet18": 549.0,
    "resnet20": 40.6,
    "googlenet": 1522.0,
    "nin": 222.0,
}
"""Millions of them that a model takes for one colour image of 32×32 pixels."""

_RECORDS = {"digits": 1437, "planted": 2000}
_RECORDS_OF_OTHERS = 50_000  # as CIFAR has them, MNIST nearly


def most_telling_first(needs: Sequence[Collection[Name]], effort: Mapping[Name, float]) -> list[Name]:
    """Order what undecided cases need: first what decides the most of them for the least training.

    Again and again the case that lacks the least training comes next, with all that it needs. What others need too is
    then there for them, and brings them forward.

    Parameters
    ----------
    needs : sequence of collections
        What each case lacks.
    effort : mapping
        How long each takes, in any unit.
    """
    needing: dict[Name, list[int]] = defaultdict(list)
    for case, names in enumerate(needs):
        for name in names:
            needing[name].append(case)
    lacking = {case: sum(effort[name] for name in names) for case, names in enumerate(needs)}
    order: dict[Name, None] = {}
    while lacking:
        nearest = min(lacking, key=lambda case: lacking[case])
        for name in needs[nearest]:
            if name not in order:
                order[name] = None
                for case in needing[name]:
                    if case in lacking:
                        lacking[case] -= effort[name]
        del lacking[nearest]
    return list(order)


def effort(cell: Cell) -> float:
    """Return how long a cell trains, from what it names alone and right to an order of magnitude.

    In millions of multiplications: those for one image, times the images that training shows.
    """
    recipe, model = cell.recipe, parse_term(cell.model)
    bounds = [recipe.epochs * _records(cell), recipe.updates * recipe.batch_size]
    return min(bound for bound in bounds if bound) * MULTIPLICATIONS[model.name] * float(model.get("width", "1")) ** 2


def _records(cell: Cell) -> float:
    """Return the number of training records that the corruptions leave."""
    records: float = _RECORDS.get(parse_term(cell.dataset).name, _RECORDS_OF_OTHERS)
    for step in parse_chain(cell.corruption):
        if step.name == "first":
            records = min(records, float(step.value))
        elif step.name == "reduce":
            records *= 1 - float(step.value)
    return records
