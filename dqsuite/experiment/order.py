"""In which order to train cells: so that the first hours decide the most, or so that all end together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from math import inf
from typing import TypeVar

from dqsuite.experiment.cells import Cell

Name = TypeVar("Name", bound=Hashable)


def most_telling_first(needs: Sequence[Collection[Name]], seconds: Mapping[Name, float]) -> list[Name]:
    """Order what undecided cases need: first what decides the most of them for the least training.

    Again and again the case that lacks the least training comes next, with all that it needs. What others need too is
    then there for them, and brings them forward.

    Parameters
    ----------
    needs : sequence of collections
        What each case lacks.
    seconds : mapping
        How long each takes; one whose time is not known is taken to be as long as the longest.
    """
    longest = max(seconds.values(), default=1.0)
    needing: dict[Name, list[int]] = defaultdict(list)
    for case, names in enumerate(needs):
        for name in names:
            needing[name].append(case)
    lacking = {case: sum(seconds.get(name, longest) for name in names) for case, names in enumerate(needs)}
    order: dict[Name, None] = {}
    while lacking:
        nearest = min(lacking, key=lambda case: lacking[case])
        for name in needs[nearest]:
            if name not in order:
                order[name] = None
                for case in needing[name]:
                    if case in lacking:
                        lacking[case] -= seconds.get(name, longest)
        del lacking[nearest]
    return list(order)


def longest_first(cells: Iterable[Cell], seconds: Mapping[Cell, float]) -> tuple[Cell, ...]:
    """Return cells in the order of their repeats, and within each the longest first.

    Then no long one is begun when the others are about to end, and a run that is stopped has still measured every
    condition equally often. One whose time is not known may be long.
    """
    return tuple(sorted(cells, key=lambda cell: (cell.repeat, -seconds.get(cell, inf))))
