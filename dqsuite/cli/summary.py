"""A study in a few lines: a table for people, the same as JSON for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rich.table import Table

from dqsuite.cli.texts import plain
from dqsuite.corruptions import CLEAN
from dqsuite.results.study import ENDS, Study
from dqsuite.statistics.estimate import Interval


def table(study: Study) -> Table:
    """Return accuracy and the three most hit classes, as far as they are beyond noise, of every model and condition."""
    title = plain(f"{study.card.name}: test accuracy after the last epoch")
    shown = Table(title=title, title_justify="left")
    shown.add_column("model", overflow="fold")
    shown.add_column("condition", overflow="fold")
    for name in ("accuracy", "95% interval", "vs clean"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("most hit classes (change in recall)")
    for model in study.models:
        for condition in study.conditions(model):
            accuracy, change = study.accuracy(model, condition), study.accuracy_change(model, condition)
            hit = study.hit_in_words(model, condition, lambda lost: points(lost.mean))
            versus = points(change.mean) if change and condition != CLEAN else ""
            shown.add_row(
                plain(model), plain(condition), percent(accuracy.mean), interval(accuracy), versus, plain(hit)
            )
        shown.add_section()
    return shown


def comparisons(study: Study) -> Table | None:
    """Return the differences between conditions of the same level, or None where there are none."""
    shown = Table(title="different damage at the same level: difference of accuracy, in points", title_justify="left")
    shown.add_column("model", no_wrap=True)
    shown.add_column("conditions")
    shown.add_column("difference", justify="right", no_wrap=True)
    shown.add_column("95% interval", justify="right", no_wrap=True)
    for model, one, other, found in _compared(study):
        shown.add_row(plain(model), plain(f"{one} minus {other}"), points(found.mean), interval(found, signed=True))
    return shown if shown.row_count else None


def as_json(study: Study) -> dict[str, Any]:
    """Return per condition its name, accuracy (mean, low, high, n) and the TPR of each class, as fractions.

    Beside them the differences: of each condition's accuracy, and of each class's TPR, to the clean one's (those of the
    classes with intervals that cover all of them at once), and of the accuracies of conditions at the same level.
    """
    return {
        "dataset": study.card.name,
        "fingerprint": study.card.fingerprint,
        "recipe": study.recipe.name,
        "conditions": [_condition(study, model, name) for model in study.models for name in study.conditions(model)],
        "comparisons": [
            {"model": model, "name": one, "against": other, "difference": _interval(found)}
            for model, one, other, found in _compared(study)
        ],
    }


def percent(fraction: float) -> str:
    """Return ``66.4%``."""
    return f"{fraction:.1%}"


def points(fraction: float) -> str:
    """Return a difference in percentage points, ``-3.1``."""
    return f"{100 * fraction:+.1f}"


def interval(found: Interval, signed: bool = False) -> str:
    """Return ``65.9 to 66.9``, or why there is none."""
    if math.isnan(found.low):
        return "one repeat"
    form = "+.1f" if signed else ".1f"
    return f"{100 * found.low:{form}} to {100 * found.high:{form}}"


def _compared(study: Study) -> Iterator[tuple[str, str, str, Interval]]:
    for model in study.models:
        for one, other in study.same_level(model):
            if found := study.accuracy_change(model, one, other):
                yield model, one, other, found


def _condition(study: Study, model: str, condition: str) -> dict[str, Any]:
    rates = study.tpr(model, condition)
    change = study.accuracy_change(model, condition) if condition != CLEAN else None
    return {
        "name": condition,
        "model": model,
        "accuracy": _interval(study.accuracy(model, condition)),
        "vs_clean": _interval(change) if change else None,
        "tpr": {str(name): _number(rate) for name, rate in zip(rates["class"].values, rates.values, strict=True)},
        "tpr_vs_clean": _classes(study, model, condition),
    }


def _classes(study: Study, model: str, condition: str) -> dict[str, dict[str, float | None]] | None:
    change = study.recall_change(model, condition)
    if change is None:
        return None
    names = map(str, change["class"].values)
    return {name: {end: _number(change[end].values[at]) for end in ENDS} for at, name in enumerate(names)}


def _interval(found: Interval) -> dict[str, float | int | None]:
    return {"mean": found.mean, "low": _number(found.low), "high": _number(found.high), "n": found.n}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)  # JSON has no nan
