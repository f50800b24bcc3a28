"""The studies that a store's outcomes make up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from dqsuite import corruptions
from dqsuite.corruptions import CLEAN
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import is_current
from dqsuite.results.copies import copies_in
from dqsuite.results.reader import Reader
from dqsuite.results.study import Study


def studies_of(reader: Reader, outcomes: Iterable[Outcome]) -> list[Study]:
    """Return the studies of a store's outcomes: one for each data set, recipe and precision."""
    conditions: dict[tuple[object, ...], list[Outcome]] = defaultdict(list)  # each with thousands of repeats, perhaps
    for outcome in outcomes:
        cell = outcome.cell
        study = cell.dataset, outcome.fingerprint, cell.recipe, cell.precision
        conditions[*study, cell.model, cell.condition, cell.versions].append(outcome)
    groups: dict[tuple[object, ...], list[list[Outcome]]] = defaultdict(list)
    outdated = 0
    for measured, repeats in conditions.items():
        if is_current(repeats[0].cell):
            groups[measured[:4]].append(repeats)
        else:
            outdated += len(repeats)
    if outdated:
        reader.say(f"{outdated} outcomes were measured by another version of dqsuite and are not used")
    studies = []
    for group in groups.values():
        fingerprint = group[0][0].fingerprint
        if card := reader.card(fingerprint):
            ordered = sorted(group, key=lambda repeats: _place(repeats[0].cell))
            studies.append(Study(card, tuple(chain.from_iterable(ordered)), copies_in(reader.store, fingerprint)))
        else:
            count = sum(map(len, group))
            reader.say(f"{count} outcomes on data set {fingerprint} are left out: its card is missing; run it once")
    return studies


def _place(cell: Cell) -> tuple[str, int, str]:
    """Return where a condition stands in a list: by its model, then as its first corruption does in the registry."""
    first = cell.condition.terms[0].name if cell.condition.terms else CLEAN
    return cell.model, [CLEAN, *corruptions.CORRUPTIONS].index(first), cell.corruption
