"""What the report shows of a user's own study, as figures and plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dqsuite.charts.figures import (
    Body,
    Curve,
    Grids,
    Lines,
    Panel,
    Table,
    confusion,
    mean_curve,
    relative,
)
from dqsuite.charts.numbers import ends, percent, points
from dqsuite.corruptions import CLEAN
from dqsuite.report.provenance import recipe_settings
from dqsuite.results.balanced import balanced_accuracy, macro_f1, uneven
from dqsuite.results.study import Study
from dqsuite.statistics.estimate import Estimate, Interval, rate
from dqsuite.statistics.estimate import change as change_of
from dqsuite.statistics.metrics import look_alike_pairs

_LARGEST_DRAWN = 20  # classes; above, a matrix is unreadable and the largest confusions are listed instead
_CELLS = 6000  # of the matrices on a page, which has two of a condition, in both orientations: 340 bytes a cell
_LEAST, _MOST = 2, 24  # conditions of a model that are drawn, if there are more
_TOLD = ("device", "torch", "dqsuite")
_NOTE = "Test images, averaged over repeats. Truth in rows."


class Number(NamedTuple):
    """A number as it is shown, and below it the ends of its 95% interval, which what is counted has not."""

    text: str
    ends: str = ""


@dataclass(frozen=True)
class Condition:
    """One condition of one model: a row of the summary, its numbers by the heads of columns, and a part of its own.

    The part is None where a page of many conditions leaves it out.
    """

    name: str
    accuracy: str
    numbers: Mapping[str, Number]
    hit: str
    body: Body | None


def conditions(study: Study, model: str, drawn: Collection[str]) -> list[Condition]:
    """Return what the report shows of each condition, the clean baseline first; matrices of those that are drawn."""
    return [_condition(study, model, name, drawn=name in drawn) for name in study.conditions(model)]


def drawn(study: Study, model: str, beside: Sequence[Study]) -> list[str]:
    """Return the conditions of which a page with these studies draws matrices and training.

    A page of many conditions draws the clean baseline and those that lose the most accuracy: with all of them nobody
    would open it.
    """
    names = study.conditions(model)
    sections = sum(len(each.models) for each in beside)
    most = max(_LEAST, min(_MOST, _CELLS // (sections * min(len(study.card.classes), _LARGEST_DRAWN) ** 2)))
    if len(names) <= most:
        return names
    worst = sorted(names[1:], key=lambda name: _accuracy(study, model, name))[: most - 1]
    return [name for name in names if name == names[0] or name in worst]


def comparisons(study: Study, model: str) -> Table:
    """Return the conditions of the same level in pairs, with the difference of accuracy and its interval."""
    found = [(one, other, study.accuracy_change(model, one, other)) for one, other in study.same_level(model)]
    rows = [
        [f"{one} minus {other}", points(change.mean), ends(change, points)] for one, other, change in found if change
    ]
    return Table(["conditions", "difference", "95% interval"], rows)


def training(study: Study, model: str, drawn: Sequence[str]) -> Lines:
    """Return the test accuracy of a model's conditions by epoch, averaged over repeats."""
    panels = [Panel(name, [_curve(study, model, name)]) for name in drawn]
    return Lines(panels, "epoch", "test accuracy, %")


def provenance(study: Study) -> Table:
    """Return how the study was made."""
    card, seconds, told = study.card, 0.0, defaultdict[str, set[str]](set)
    for outcome in study.outcomes:
        run = dict(outcome.provenance.items())
        seconds += run["seconds"]
        for key in _TOLD:
            told[key].add(str(run.get(key, "not told")))
    size = " by ".join(map(str, card.image_shape))
    rows = [
        ("data set", f"{card.name}, fingerprint {card.fingerprint}{f' ({card.variant})' if card.variant else ''}"),
        ("images", f"{card.n_train} for training, {len(card.y_test)} for testing, {size}"),
        ("cells", f"{len(study.outcomes)}, {seconds:.0f} s of training in all"),
        ("precision", study.outcomes[0].cell.precision),
        *((key, ", ".join(sorted(told[key]))) for key in _TOLD),
    ]
    return Table(["", ""], rows)


def settings(study: Study) -> Table:
    """Return the recipe: setting, value with its unit, where it comes from, why."""
    return recipe_settings(study.recipe)


def _condition(study: Study, model: str, name: str, *, drawn: bool) -> Condition:
    shown = _matrices if len(study.card.classes) <= _LARGEST_DRAWN else _pairs
    return Condition(
        name=name,
        accuracy=percent(_accuracy(study, model, name)),
        numbers=_numbers(study, model, name),
        hit=study.hit_in_words(model, name, _difference),
        body=shown(study, model, name) if drawn else None,
    )


def _accuracy(study: Study, model: str, name: str) -> float:
    return study.once(("accuracy", model, name), lambda: float(study.predictions(model, name).right().mean()))


def _numbers(study: Study, model: str, name: str) -> dict[str, Number]:
    """Return the numbers of a condition by the heads of their columns."""
    last, best = study.predictions(model, name), study.predictions(model, name, "best")
    change = study.accuracy_change(model, name) if name != CLEAN else None
    gain = change_of(best.right(), last.right()).interval()
    realised = study.realised(model, name)
    found = {
        "accuracy, last epoch": _rate(rate(last.right())),
        "vs clean": Number(points(change.mean), ends(change, points)) if change else Number(""),
    }
    if uneven(last):
        found |= {"balanced accuracy": _rate(balanced_accuracy(last)), "macro-F1": _rate(macro_f1(last))}
    return found | {
        "best epoch": _rate(rate(best.right())),
        "best \N{MINUS SIGN} last": Number(points(gain.mean), ends(gain, points)),
        "labels made wrong": Number(percent(realised.wrong)),
        "records": Number(f"{np.mean(realised.records):.0f}"),
        "repeats": Number(f"{len(realised.records)}"),
    }


def _rate(found: Estimate) -> Number:
    return Number(percent(found.mean), ends(found.interval(), percent))


def _difference(found: Interval) -> str:
    return f"{points(found.mean)} ({ends(found, points)})"


def _matrices(study: Study, model: str, name: str) -> Grids:
    classes = study.card.classes
    grids = [confusion(f"{name}: confusion matrix", classes, study.predictions(model, name).matrix())]
    found = study.matrix_changes(model, name) if name != CLEAN else None
    if found is not None:
        grids.append(relative(f"{name}: minus the clean baseline", classes, found))
    return Grids(grids, _NOTE)


def _pairs(study: Study, model: str, name: str) -> Table:
    found = look_alike_pairs(study.predictions(model, name).matrix(), study.card.classes)[:_LARGEST_DRAWN]
    note = "The pairs of classes most often taken for each other, both ways together."
    return Table(["classes", "test images"], [[f"{a}, {b}", f"{count:.1f}"] for a, b, count in found], note)


def _curve(study: Study, model: str, name: str) -> Curve:
    curves = [outcome.curves["test_accuracy"] for outcome in study.at(model, name)]
    return Curve(name, "noise", mean_curve(curves))
