"""What the report shows of a user's own study, as figures and plain values."""

from __future__ import annotations

from collections.abc import Mapping
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
from dqsuite.results.study import ENDS, Study
from dqsuite.statistics.estimate import Estimate, Interval, rate
from dqsuite.statistics.estimate import change as change_of
from dqsuite.statistics.metrics import look_alike_pairs
from dqsuite.statistics.simultaneous import Cells

_LARGEST_DRAWN = 20  # classes; above, a matrix is unreadable and the largest confusions are listed instead
_NOTE = "Test images, averaged over repeats. Truth in rows."


class Number(NamedTuple):
    """A number as it is shown, and below it the ends of its 95% interval, which what is counted has not."""

    text: str
    ends: str = ""


@dataclass(frozen=True)
class Condition:
    """One condition of one model: a row of the summary and a part of its own, its numbers by the heads of columns."""

    name: str
    accuracy: str
    numbers: Mapping[str, Number]
    hit: str
    body: Body


def conditions(study: Study, model: str) -> list[Condition]:
    """Return what the report shows of each condition, the clean baseline first."""
    return [_condition(study, model, name) for name in study.conditions(model)]


def comparisons(study: Study, model: str) -> Table:
    """Return the conditions of the same level in pairs, with the difference of accuracy and its interval."""
    found = [(one, other, study.accuracy_change(model, one, other)) for one, other in study.same_level(model)]
    rows = [
        [f"{one} minus {other}", points(change.mean), ends(change, points)] for one, other, change in found if change
    ]
    return Table(["conditions", "difference", "95% interval"], rows)


def training(study: Study, model: str) -> Lines:
    """Return the test accuracy of a model's conditions by epoch, averaged over repeats."""
    panels = [Panel(name, [_curve(study, model, name)]) for name in study.conditions(model)]
    return Lines(panels, "epoch", "test accuracy, %")


def provenance(study: Study) -> Table:
    """Return how the study was made."""
    card, runs = study.card, [outcome.provenance for outcome in study.outcomes]
    size = " by ".join(map(str, card.image_shape))
    rows = [
        ("data set", f"{card.name}, fingerprint {card.fingerprint}{f' ({card.variant})' if card.variant else ''}"),
        ("images", f"{card.n_train} for training, {len(card.y_test)} for testing, {size}"),
        ("cells", f"{len(study.outcomes)}, {sum(run['seconds'] for run in runs):.0f} s of training in all"),
        ("precision", study.outcomes[0].cell.precision),
        *(
            (key, ", ".join(sorted({str(run.get(key, "not told")) for run in runs})))
            for key in ("device", "torch", "dqsuite")
        ),
    ]
    return Table(["", ""], rows)


def settings(study: Study) -> Table:
    """Return the recipe: setting, value with its unit, where it comes from, why."""
    return recipe_settings(study.recipe)


def _condition(study: Study, model: str, name: str) -> Condition:
    return Condition(
        name=name,
        accuracy=percent(study.accuracy(model, name).mean),
        numbers=_numbers(study, model, name),
        hit=study.hit_in_words(model, name, _difference),
        body=_matrices(study, model, name) if len(study.card.classes) <= _LARGEST_DRAWN else _pairs(study, model, name),
    )


def _numbers(study: Study, model: str, name: str) -> dict[str, Number]:
    """Return the numbers of a condition by the heads of their columns."""
    last, best = study.predictions(model, name), study.predictions(model, name, "best")
    change = study.accuracy_change(model, name) if name != CLEAN else None
    gain = change_of(best.right(), last.right()).interval()
    manifests = study.manifests(model, name)
    found = {
        "accuracy, last epoch": _rate(rate(last.right())),
        "vs clean": Number(points(change.mean), ends(change, points)) if change else Number(""),
    }
    if uneven(last):
        found |= {"balanced accuracy": _rate(balanced_accuracy(last)), "macro-F1": _rate(macro_f1(last))}
    return found | {
        "best epoch": _rate(rate(best.right())),
        "best \N{MINUS SIGN} last": Number(points(gain.mean), ends(gain, points)),
        "labels made wrong": Number(percent(float(np.mean([manifest.effective_rate for manifest in manifests])))),
        "records": Number(f"{np.mean([manifest.records_after for manifest in manifests]):.0f}"),
        "repeats": Number(f"{len(manifests)}"),
    }


def _rate(found: Estimate) -> Number:
    return Number(percent(found.mean), ends(found.interval(), percent))


def _difference(found: Interval) -> str:
    return f"{points(found.mean)} ({ends(found, points)})"


def _matrices(study: Study, model: str, name: str) -> Grids:
    classes = study.card.classes
    averaged = study.matrix(model, name).mean("repeat").transpose("true", "predicted")
    grids = [confusion(f"{name}: confusion matrix", classes, averaged.values)]
    found = study.relative(model, name) if name != CLEAN else None
    if found is not None:
        differences = Cells(*(found[end].transpose("true", "predicted").values for end in ENDS))
        grids.append(relative(f"{name}: minus the clean baseline", classes, differences))
    return Grids(grids, _NOTE)


def _pairs(study: Study, model: str, name: str) -> Table:
    found = look_alike_pairs(study.matrix(model, name))[:_LARGEST_DRAWN]
    note = "The pairs of classes most often taken for each other, both ways together."
    return Table(["classes", "test images"], [[f"{a}, {b}", f"{count:.1f}"] for a, b, count in found], note)


def _curve(study: Study, model: str, name: str) -> Curve:
    curves = [outcome.curves["test_accuracy"] for outcome in study.at(model, name)]
    return Curve(name, "noise", mean_curve(curves))
