"""A study as JSON, for programs: every number with its interval, as fractions."""

from __future__ import annotations

import math
from typing import Any

from dqsuite.cli.summary import compared
from dqsuite.corruptions import CLEAN
from dqsuite.results.balanced import balanced_accuracy, balanced_change, macro_f1
from dqsuite.results.breaking import breaking
from dqsuite.results.copies import is_own
from dqsuite.results.intervals import recall_changes, recalls
from dqsuite.results.needed import POINTS, needed
from dqsuite.results.study import ENDS, Study
from dqsuite.results.warnings import warnings_of
from dqsuite.statistics.estimate import Interval
from dqsuite.statistics.simultaneous import Cells


def as_json(study: Study) -> dict[str, Any]:
    """Return what a study measured: its conditions, comparisons, the classes that break first, and warnings.

    A condition has accuracy, balanced accuracy and macro-F1 (mean, low, high, n), the recall of each class (mean, low,
    high), and the differences of these to the clean baseline's; the intervals of recalls cover all classes at once.
    """
    return {
        "dataset": study.card.name,
        "fingerprint": study.card.fingerprint,
        "recipe": study.recipe.name,
        "test_labels": "as given" if is_own(study.card.name) else "published",
        "conditions": [_condition(study, model, name) for model in study.models for name in study.conditions(model)],
        "comparisons": [
            {"model": model, "name": one, "against": other, "difference": _interval(found)}
            for model in study.models
            for one, other, found in compared(study, model)
        ],
        "breaking": [_breaking(study, model) for model in study.models],
        f"repeats_for_{POINTS}_points": [_needed(study, model) for model in study.models],
        "warnings": [
            {"kind": each.kind, "model": each.model, "names": list(each.names), "cause": each.cause, "mend": each.mend}
            for each in warnings_of(study)
        ],
    }


def _condition(study: Study, model: str, condition: str) -> dict[str, Any]:
    found = study.predictions(model, condition)
    clean = study.predictions(model, CLEAN) if condition != CLEAN and study.at(model, CLEAN) else None
    change = study.accuracy_change(model, condition) if clean else None
    return {
        "name": condition,
        "model": model,
        "accuracy": _interval(study.accuracy(model, condition)),
        "vs_clean": _interval(change) if change else None,
        "balanced_accuracy": _interval(balanced_accuracy(found).interval()),
        "balanced_vs_clean": _interval(balanced_change(found, clean).interval()) if clean else None,
        "macro_f1": _interval(macro_f1(found).interval()),
        "recall": _classes(study, recalls(found)),
        "recall_vs_clean": _classes(study, recall_changes(found, clean)) if clean else None,
    }


def _classes(study: Study, found: Cells) -> dict[str, dict[str, float | None]]:
    return {name: {end: _number(getattr(found, end)[at]) for end in ENDS} for at, name in enumerate(study.card.classes)}


def _breaking(study: Study, model: str) -> dict[str, Any]:
    found = breaking(study, model)
    return {
        "model": model,
        "first": [
            {"class": each.name, "condition": each.condition, "recall_vs_clean": _interval(each.change)}
            for each in found.broken
        ],
        "as_much_as_the_first": list(found.as_much),
    }


def _needed(study: Study, model: str) -> dict[str, Any]:
    found = needed(study, model)
    return {"model": model, "accuracy": found and found.accuracy, "recall": found and found.recall}


def _interval(found: Interval) -> dict[str, float | int | None]:
    return {"mean": _number(found.mean), "low": _number(found.low), "high": _number(found.high), "n": found.n}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)  # JSON has no nan
