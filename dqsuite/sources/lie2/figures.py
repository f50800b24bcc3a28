"""lie2: the same damage in four more models."""

from __future__ import annotations

from functools import partial

from dqsuite.charts.figures import Dots, Grid, Grids, Row, Table, confusion, relative, row
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.statements import CIFAR10, noise, volume
from dqsuite.sources.drawing import CONVENTION, MODEL_NAMES, RANKED, ranking, stored
from dqsuite.sources.lie2.claims.baseline import MODELS, PUBLISHED
from dqsuite.sources.sketch import figure

_IMAGES = "Test images, averaged over repeats."
_WEAKEST = 4


@figure("lie2-baselines", "Accuracy on clean data", "lie2, table 1")
def baselines(measured: StoredMeasurements) -> Dots:
    """Set our accuracies beside the published ones."""
    return Dots(stored(partial(_baseline, measured, model) for model in PUBLISHED), "accuracy, %")


def _baseline(measured: StoredMeasurements, model: str) -> Row:
    return row(MODEL_NAMES[model], measured.accuracy(model).interval(), PUBLISHED[model])


@figure("lie2-clean", "What is taken for what, on clean data", "lie2, figure 1")
def clean(measured: StoredMeasurements) -> Grids:
    """Draw the confusion matrix of each model."""
    return Grids(stored(partial(_confusion, measured, model, "clean") for model in MODELS), f"{_IMAGES} {CONVENTION}")


@figure("lie2-noise", "The same with 10% noise", "lie2, figure 2")
def with_noise(measured: StoredMeasurements) -> Grids:
    """Draw both matrices of each model."""
    return _both(measured, noise("0.1"))


@figure("lie2-volume", "The same with two fifths of the records", "lie2, figure 4")
def with_less(measured: StoredMeasurements) -> Grids:
    """Draw both matrices of each model."""
    return _both(measured, volume("0.4"))


def _both(measured: StoredMeasurements, condition: str) -> Grids:
    makers = [partial(draw, measured, model, condition) for model in MODELS for draw in (_confusion, _relative)]
    return Grids(stored(makers), f"{_IMAGES} {CONVENTION}")


def _confusion(measured: StoredMeasurements, model: str, condition: str) -> Grid:
    return confusion(MODEL_NAMES[model], CIFAR10, measured.matrix(model, condition))


def _relative(measured: StoredMeasurements, model: str, condition: str) -> Grid:
    return relative(f"{MODEL_NAMES[model]}, minus clean", CIFAR10, measured.relative(model, condition))


@figure("lie2-weakest-noise", "The weakest classes with 30% noise", "lie2, figure 3")
def weakest_with_noise(measured: StoredMeasurements) -> Table:
    """List four classes of each model."""
    return _weakest(measured, noise("0.3"))


@figure("lie2-weakest-volume", "The weakest classes with a tenth of the records", "lie2, figure 5")
def weakest_with_less(measured: StoredMeasurements) -> Table:
    """List four classes of each model."""
    return _weakest(measured, volume("0.1"))


def _weakest(measured: StoredMeasurements, condition: str) -> Table:
    columns = [f"{place}." for place in range(1, _WEAKEST + 1)]
    rows = stored(partial(_weakest_of, measured, model, condition) for model in PUBLISHED)
    return Table(["model", *columns], rows, f"{RANKED} The weakest class first.")


def _weakest_of(measured: StoredMeasurements, model: str, condition: str) -> list[str]:
    return [MODEL_NAMES[model], *ranking(measured.recalls(model, condition), CIFAR10)[:_WEAKEST]]
