"""Curves of accuracy and of the recall of each class against the level of a damage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dqsuite.charts.figures import Curve, Dots, Lines, Panel, Point, row
from dqsuite.results.balanced import balanced_accuracy, uneven
from dqsuite.results.breaking import breaking
from dqsuite.results.doses import Dose, Series, series_of
from dqsuite.results.predictions import Predictions
from dqsuite.results.study import Study
from dqsuite.statistics.estimate import Estimate, rate
from dqsuite.statistics.simultaneous import at_once

_PANELS = 12
_POINTS = 400  # of all panels together, but for two panels at least

Measure = Callable[[Predictions], Estimate]


def curves(study: Study, model: str) -> list[tuple[str, Lines]]:
    """Return for each series of doses its name and its curves: the accuracy, then the recalls, most hit first."""
    found = breaking(study, model)
    names = [loss.name for loss in (*found.broken, *found.unsure)] or list(study.card.classes)
    return [(series.name, _lines(study, model, series, names)) for series in series_of(study, model) if _drawn(series)]


def alone(study: Study, model: str) -> Dots | None:
    """Return the accuracies of the conditions that stand on no curve, beside the clean baseline; None without any."""
    on_curves = {dose.condition for series in series_of(study, model) if _drawn(series) for dose in series.ordered}
    names = [name for name in study.conditions(model) if name not in on_curves]
    if not names:
        return None
    shown = [name for name in study.conditions(model) if name in names or name == study.conditions(model)[0]]
    rows = [row(name, rate(study.predictions(model, name).right()).scaled(100).interval()) for name in shown]
    return Dots(rows, "accuracy, %")


def _drawn(series: Series) -> bool:
    return len(series.ordered) > 1


def _lines(study: Study, model: str, series: Series, names: Sequence[str]) -> Lines:
    doses = series.ordered
    predictions = {dose.condition: study.predictions(model, dose.condition) for dose in doses}
    accuracy = [_curve("accuracy", "less", doses, predictions, lambda found: rate(found.right()))]
    if uneven(next(iter(predictions.values()))):
        accuracy.append(_curve("balanced accuracy", "first", doses, predictions, balanced_accuracy))
    shown = [name for name in names if predictions[doses[0].condition].recall(name).size]
    shown = shown[: max(2, min(_PANELS, _POINTS // len(doses))) - 1]
    panels = [Panel("accuracy", accuracy), *(_recall(name, doses, predictions) for name in shown)]
    left = len(study.card.classes) - len(shown)
    note = f"The {len(shown)} classes that are hit most; {left} more are not drawn." if left else ""
    return Lines(panels, f"level of {series.name}", "accuracy, and recall of each class, %", note)


def _recall(name: str, doses: Sequence[Dose], predictions: dict[str, Predictions]) -> Panel:
    return Panel(name, [_curve("recall", "noise", doses, predictions, lambda found: rate(found.recall(name)))])


def _curve(name: str, tone: str, doses: Sequence[Dose], predictions: dict[str, Predictions], measure: Measure) -> Curve:
    estimates = [measure(predictions[dose.condition]).scaled(100) for dose in doses]
    together = at_once(estimates)
    points = [
        Point(dose.level, *each.interval()[:3], dose.condition, wide.low, wide.high)
        for dose, each, wide in zip(doses, estimates, together, strict=True)
    ]
    return Curve(name, tone, points)
