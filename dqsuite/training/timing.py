"""How long a step takes, by a few steps on a few images."""

from __future__ import annotations

from dataclasses import replace

from dqsuite.datasets import Dataset
from dqsuite.experiment.cells import Cell
from dqsuite.training.loop import train_cell

_STEPS = (4, 40, 200)  # more, as long as they take too little time to tell
_ENOUGH = 0.2  # seconds that more steps take longer than one
_TESTED = 32  # images


def timed_steps(cell: Cell, dataset: Dataset, device: str) -> float:
    """See `dqsuite.training.seconds_per_image`."""
    _took(cell, dataset, device, 1)  # what is done once in a process is no part of it
    first = _took(cell, dataset, device, 1)
    more = 0.0
    for steps in _STEPS:
        more = _took(cell, dataset, device, steps) - first
        if more > _ENOUGH:
            break
    return max(more, 1e-6) / ((steps - 1) * min(cell.recipe.batch_size, len(dataset.y_train)))


def _took(cell: Cell, dataset: Dataset, device: str, steps: int) -> float:
    """Return the seconds of a training of so many steps, on as many records as they take, measured on few."""
    unwatched = replace(cell.recipe, patience=0, plateau_patience=0, fit=False, fit_sample=0)
    recipe = replace(unwatched, epochs=0, updates=steps, counted="", repair=0.0, measured=1)
    records = cell.recipe.batch_size * steps
    few = Dataset(
        name=dataset.name,
        x_train=dataset.x_train[:records],
        y_train=dataset.y_train[:records],
        x_test=dataset.x_test[:_TESTED],
        y_test=dataset.y_test[:_TESTED],
        classes=dataset.classes,
        fingerprint=dataset.fingerprint,
    )
    outcome = train_cell(replace(cell, recipe=recipe), few, device, lambda *_: None).outcome
    return float(outcome.provenance["seconds"])
