"""What the first screen of a study says: which classes break first and how surely, and what its reader should know."""

from __future__ import annotations

from dataclasses import dataclass

from dqsuite.charts.figures import Table
from dqsuite.charts.numbers import ends, points
from dqsuite.results import answer
from dqsuite.results.breaking import Breaking, Loss, breaking
from dqsuite.results.copies import AS_GIVEN, is_own
from dqsuite.results.needed import needed
from dqsuite.results.study import Study
from dqsuite.results.warnings import warnings_of

SURE = "\N{CHECK MARK}"
_SHOWN = 5  # classes at first sight


@dataclass(frozen=True)
class Answer:
    """What a study says of a model.

    Attributes
    ----------
    model, sentence : str
    first, rest : Table
        The classes that are told at first sight, and the others.
    note : str
        How sure that is, and the repeats that would make it surer.
    """

    model: str
    sentence: str
    first: Table
    rest: Table
    note: str


def answers(study: Study) -> list[Answer]:
    """Return the answer for each model for which there is one."""
    return [_answer(study, model) for model in study.models if answer.answer(breaking(study, model))]


def warnings(study: Study) -> list[str]:
    """Return what a reader should know first."""
    return [str(warning) for warning in warnings_of(study)]


def about(study: Study) -> str:
    """Return what was trained how often, and for own data what nobody knows."""
    repeats = [len(study.at(model, name)) for model in study.models for name in study.conditions(model)]
    count = f"{min(repeats)}" if min(repeats) == max(repeats) else f"{min(repeats)} to {max(repeats)}"
    given = f" {AS_GIVEN}" if is_own(study.card.name) else ""
    named = f"{study.card.name}, recipe {study.recipe.name}"
    return f"{named}, {count} {'repeat' if max(repeats) == 1 else 'repeats'} each.{given}"


def _answer(study: Study, model: str) -> Answer:
    found, repeats = breaking(study, model), needed(study, model)
    rows = _rows(found)
    columns = ["", "class", "condition", "change", "interval"]
    note = f"{answer.METHOD} {repeats}" if repeats else answer.METHOD
    return Answer(model, answer.answer(found), Table(columns, rows[:_SHOWN]), Table(columns, rows[_SHOWN:]), note)


def _rows(found: Breaking) -> list[list[str]]:
    return [*(_row(loss, SURE) for loss in found.broken), *(_row(loss, "?") for loss in found.unsure)]


def _row(loss: Loss, mark: str) -> list[str]:
    return [mark, loss.name, loss.condition, points(loss.change.mean), ends(loss.change, points)]
