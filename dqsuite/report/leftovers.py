"""What a store holds beside the findings: the reader's own studies."""

from __future__ import annotations

from collections.abc import Iterable

from dqsuite.claims.measurements import setup_of, setups_of
from dqsuite.claims.scales import SCALES
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import Outcome
from dqsuite.results.reader import Reader


def leftovers(reader: Reader, scale: str, used: set[str], asked: Iterable[Cell]) -> list[Outcome]:
    """Return the outcomes that are no part of a finding, at this scale or another: what a case asks for is one.

    That a case does not use all that it asks for has many reasons: others are missing, it is trained in two precisions.
    """
    elsewhere = set().union(*map(setups_of, SCALES)) - setups_of(scale)
    conditions = set(map(_condition, asked))
    return [
        each
        for each in reader.outcomes(sorted(reader.names - used))
        if setup_of(each) not in elsewhere and _condition(each.cell) not in conditions
    ]


def _condition(cell: Cell) -> tuple[object, ...]:
    return cell.dataset, cell.model, cell.recipe, cell.condition
