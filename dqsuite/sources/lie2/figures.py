"""lie2: the same damage in four more models."""

from __future__ import annotations

from functools import partial

import numpy as np

from dqsuite.charts.figures import Dots, Grid, Grids, Row, Table, confusion, row
from dqsuite.claims.statements import CIFAR10, noise, volume
from dqsuite.results.reader import Shelf
from dqsuite.sources.drawing import CONVENTION, MODEL_NAMES, stored
from dqsuite.sources.lie2.claims import MODELS, PUBLISHED
from dqsuite.sources.sketch import figure

_IMAGES = "Test images, averaged over repeats."
_WEAKEST = 4


@figure("lie2-baselines", "Accuracy on clean data", "lie2, table 1")
def baselines(shelf: Shelf) -> Dots:
    """Set our accuracies beside the published ones."""
    return Dots(stored(partial(_baseline, shelf, model) for model in PUBLISHED), "accuracy, %")


def _baseline(shelf: Shelf, model: str) -> Row:
    return row(MODEL_NAMES[model], shelf.accuracy(model), PUBLISHED[model])


@figure("lie2-clean", "What is taken for what, on clean data", "lie2, figure 1")
def clean(shelf: Shelf) -> Grids:
    """Draw the confusion matrix of each model."""
    return Grids(stored(partial(_confusion, shelf, model, "clean") for model in MODELS), f"{_IMAGES} {CONVENTION}")


@figure("lie2-noise", "The same with 10% noise", "lie2, figure 2")
def with_noise(shelf: Shelf) -> Grids:
    """Draw both matrices of each model."""
    return _both(shelf, noise("0.1"))


@figure("lie2-volume", "The same with two fifths of the records", "lie2, figure 4")
def with_less(shelf: Shelf) -> Grids:
    """Draw both matrices of each model."""
    return _both(shelf, volume("0.4"))


def _both(shelf: Shelf, condition: str) -> Grids:
    makers = [partial(draw, shelf, model, condition) for model in MODELS for draw in (_confusion, _relative)]
    return Grids(stored(makers), f"{_IMAGES} {CONVENTION}")


def _confusion(shelf: Shelf, model: str, condition: str) -> Grid:
    return confusion(MODEL_NAMES[model], CIFAR10, shelf.matrix(model, condition))


def _relative(shelf: Shelf, model: str, condition: str) -> Grid:
    values = shelf.relative(model, condition)
    return confusion(f"{MODEL_NAMES[model]}, minus clean", CIFAR10, values, signed=True)


@figure("lie2-weakest-noise", "The weakest classes with 30% noise", "lie2, figure 3")
def weakest_with_noise(shelf: Shelf) -> Table:
    """List four classes of each model."""
    return _weakest(shelf, noise("0.3"))


@figure("lie2-weakest-volume", "The weakest classes with a tenth of the records", "lie2, figure 5")
def weakest_with_less(shelf: Shelf) -> Table:
    """List four classes of each model."""
    return _weakest(shelf, volume("0.1"))


def _weakest(shelf: Shelf, condition: str) -> Table:
    columns = [f"{place}." for place in range(1, _WEAKEST + 1)]
    rows = stored(partial(_weakest_of, shelf, model, condition) for model in PUBLISHED)
    return Table(["model", *columns], rows, "TPR in percent, averaged over repeats; the weakest class first.")


def _weakest_of(shelf: Shelf, model: str, condition: str) -> list[str]:
    recall = shelf.recall(model, condition)
    weakest = np.argsort(recall, kind="stable")[:_WEAKEST]
    return [MODEL_NAMES[model], *(f"{CIFAR10[index]} {100 * recall[index]:.1f}" for index in weakest)]
