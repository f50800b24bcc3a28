"""A study in a few lines: a table for people, the same as JSON for programs."""

from __future__ import annotations

import math
from typing import Any

from rich.table import Table

from dqsuite.stats import Interval
from dqsuite.study import Study


def table(study: Study) -> Table:
    """Return accuracy and the three most hit classes of every model and condition."""
    shown = Table(title=f"{study.card.name}: test accuracy after the last epoch", title_justify="left")
    for name, justify in (("model", "left"), ("condition", "left"), ("accuracy", "right"), ("95% interval", "right")):
        shown.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type] # rich's literal type
    shown.add_column("vs clean", justify="right", no_wrap=True)
    shown.add_column("most hit classes (change in recall)")
    for model in study.models:
        for condition in study.conditions(model):
            accuracy, change = study.accuracy(model, condition), study.accuracy_change(model, condition)
            hit = ", ".join(f"{name} {points(lost)}" for name, lost in study.most_hit(model, condition))
            versus = points(change.mean) if change and hit else ""
            shown.add_row(model, condition, percent(accuracy.mean), interval(accuracy), versus, hit)
        shown.add_section()
    return shown


def as_json(study: Study) -> dict[str, Any]:
    """Return per condition its name, accuracy (mean, low, high, n) and the TPR of each class, as fractions."""
    return {
        "dataset": study.card.name,
        "fingerprint": study.card.fingerprint,
        "recipe": study.recipe.name,
        "conditions": [_condition(study, model, name) for model in study.models for name in study.conditions(model)],
    }


def percent(fraction: float) -> str:
    """Return ``66.4%``."""
    return f"{fraction:.1%}"


def points(fraction: float) -> str:
    """Return a difference in percentage points, ``-3.1``."""
    return f"{100 * fraction:+.1f}"


def interval(found: Interval) -> str:
    """Return ``65.9 to 66.9``, or why there is none."""
    if math.isnan(found.low):
        return "one repeat"
    return f"{100 * found.low:.1f} to {100 * found.high:.1f}"


def _condition(study: Study, model: str, condition: str) -> dict[str, Any]:
    rates = study.tpr(model, condition)
    return {
        "name": condition,
        "model": model,
        "accuracy": _interval(study.accuracy(model, condition)),
        "tpr": {str(name): _number(rate) for name, rate in zip(rates["class"].values, rates.values, strict=True)},
    }


def _interval(found: Interval) -> dict[str, float | int | None]:
    return {"mean": found.mean, "low": _number(found.low), "high": _number(found.high), "n": found.n}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)  # JSON has no nan
