"""What the template shows, as plain values: every number is computed and formatted here, none in the template."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from dqsuite.corruptions import CLEAN
from dqsuite.metrics import best_last_gap, look_alike_pairs
from dqsuite.recipes import origins
from dqsuite.stats import Interval
from dqsuite.study import Study

_LARGEST_DRAWN = 20  # classes; above, a matrix is unreadable and the largest confusions are listed instead
_SHADES = 9


@dataclass(frozen=True)
class Shaded:
    """A table cell: its text and the name of its shade."""

    text: str
    shade: str


@dataclass(frozen=True)
class Matrix:
    """A K×K table with truth in its rows."""

    caption: str
    classes: Sequence[str]
    rows: list[list[Shaded]]


@dataclass(frozen=True)
class Condition:
    """One condition of one model: a row of the summary and a section of its own."""

    name: str
    accuracy: str
    interval: str
    change: str
    best: str
    gap: str
    mislabelled: str
    records: str
    hit: str
    n: int
    matrices: list[Matrix]
    confusions: list[tuple[str, str, str]]


def conditions(study: Study, model: str) -> list[Condition]:
    """Return what the report shows of each condition, the clean baseline first."""
    return [_condition(study, model, name) for name in study.conditions(model)]


def comparisons(study: Study, model: str) -> list[tuple[str, str, str, str]]:
    """Return the conditions of the same level in pairs: one, other, difference of accuracy, its interval."""
    found = [(one, other, study.accuracy_change(model, one, other)) for one, other in study.same_level(model)]
    return [(one, other, _points(change.mean), _ends(change, _points)) for one, other, change in found if change]


def provenance(study: Study) -> list[tuple[str, str]]:
    """Return how the study was made, as pairs of a name and a value."""
    card, runs = study.card, [outcome.provenance for outcome in study.outcomes]
    size = " by ".join(map(str, card.image_shape))
    return [
        ("data set", f"{card.name}, fingerprint {card.fingerprint}{f' ({card.variant})' if card.variant else ''}"),
        ("images", f"{card.n_train} for training, {len(card.y_test)} for testing, {size}"),
        ("cells", f"{len(study.outcomes)}, {sum(run['seconds'] for run in runs):.0f} s of training in all"),
        ("precision", study.outcomes[0].cell.precision),
        *((key, ", ".join(sorted({str(run[key]) for run in runs}))) for key in ("device", "torch", "dqsuite")),
    ]


def settings(study: Study) -> list[tuple[str, str, str, str]]:
    """Return the recipe: setting, value, where it comes from, why."""
    return [(key, str(c.value), c.origin, c.note) for key, c in origins(study.recipe).items()]


def _condition(study: Study, model: str, name: str) -> Condition:
    accuracy, best = study.accuracy(model, name), study.accuracy(model, name, "best")
    change = study.accuracy_change(model, name) if name != CLEAN else None
    manifests = study.manifests(model, name)
    gap = float(np.mean([best_last_gap(outcome.curves["test_accuracy"]) for outcome in study.at(model, name)]))
    small = len(study.card.classes) <= _LARGEST_DRAWN
    return Condition(
        name=name,
        accuracy=_percent(accuracy.mean),
        interval=_ends(accuracy, lambda end: _percent(min(1.0, max(0.0, end)))),
        change=_points(change.mean) if change else "",
        best=_percent(best.mean),
        gap=_points(gap),
        mislabelled=_percent(float(np.mean([manifest.effective_rate for manifest in manifests]))),
        records=f"{np.mean([manifest.records_after for manifest in manifests]):.0f}",
        hit=", ".join(f"{cls} {_points(lost)}" for cls, lost in study.most_hit(model, name)),
        n=accuracy.n,
        matrices=_matrices(study, model, name) if small else [],
        confusions=[(a, b, f"{n:.1f}") for a, b, n in look_alike_pairs(study.matrix(model, name))[:_LARGEST_DRAWN]],
    )


def _matrices(study: Study, model: str, name: str) -> list[Matrix]:
    averaged = study.matrix(model, name).mean("repeat")
    matrices = [Matrix("confusion matrix, averaged over repeats", study.card.classes, _rows(averaged, _sequential))]
    relative = study.relative(model, name) if name != CLEAN else None
    if relative is not None:
        caption = "relative matrix: this minus the clean baseline"
        matrices.append(Matrix(caption, study.card.classes, _rows(relative, _diverging, signed=True)))
    return matrices


def _rows(matrix: xr.DataArray, shade: Any, signed: bool = False) -> list[list[Shaded]]:  # noqa: ANN401
    values = matrix.transpose("true", "predicted").values
    top = float(np.abs(values).max()) or 1.0
    return [[Shaded(_count(value, signed), shade(value / top)) for value in row] for row in values]


def _sequential(share: float) -> str:
    return f"s{round(share * _SHADES)}"


def _diverging(share: float) -> str:
    """Shades keep their square root, so that small changes beside one large one are still seen."""
    step = round(math.sqrt(abs(share)) * _SHADES)
    return f"{'m' if share < 0 else 'p'}{step}"


def _count(value: float, signed: bool) -> str:
    text = f"{value:+.1f}" if signed else f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text in ("+0", "-0") else text.replace("-", "\N{MINUS SIGN}")


def _ends(found: Interval, wording: Callable[[float], str]) -> str:
    return "one repeat" if math.isnan(found.low) else f"{wording(found.low)} to {wording(found.high)}"


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f}%"


def _points(fraction: float) -> str:
    return f"{100 * fraction:+.1f}".replace("-", "\N{MINUS SIGN}")
