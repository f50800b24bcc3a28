"""The studies that a store's outcomes make up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from dqsuite import corruptions
from dqsuite.corruptions import CLEAN, Chain
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import is_current
from dqsuite.experiment.recipes import Recipe
from dqsuite.results.copies import copies_in
from dqsuite.results.reader import Reader
from dqsuite.results.study import Study


def studies_of(reader: Reader, outcomes: Iterable[Outcome]) -> list[Study]:
    """Return the studies of a store's outcomes: one for each data set, recipe and precision."""
    groups: dict[tuple[str, str, Recipe, str], list[Outcome]] = defaultdict(list)
    outdated = 0
    current: dict[tuple[object, ...], bool] = {}  # of each condition: there may be thousands of repeats
    for outcome in outcomes:
        cell = outcome.cell
        measured = cell.condition, cell.model, cell.versions
        if measured not in current:
            current[measured] = is_current(cell)
        if current[measured]:
            groups[cell.dataset, outcome.fingerprint, cell.recipe, cell.precision].append(outcome)
        else:
            outdated += 1
    if outdated:
        reader.say(f"{outdated} outcomes were measured by another version of dqsuite and are not used")
    studies = []
    for (_, fingerprint, _, _), found in groups.items():
        if card := reader.card(fingerprint):
            places = {condition: _place(condition) for condition in {outcome.cell.condition for outcome in found}}
            ordered = sorted(found, key=lambda outcome: (outcome.cell.model, places[outcome.cell.condition]))
            studies.append(Study(card, tuple(ordered), copies_in(reader.store, fingerprint)))
        else:
            reader.say(
                f"{len(found)} outcomes on data set {fingerprint} are left out: its card is missing; run it once"
            )
    return studies


def _place(condition: Chain) -> tuple[int, str]:
    """Return where a condition stands in a list: as its first corruption does in the registry."""
    first = condition.terms[0].name if condition.terms else CLEAN
    return [CLEAN, *corruptions.CORRUPTIONS].index(first), str(condition)
