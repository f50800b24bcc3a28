"""Training one cell. torch is imported when the first cell is trained, not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import Outcome

if TYPE_CHECKING:
    from dqsuite.datasets import Dataset


class Trained(NamedTuple):
    """An outcome, and float16 (N,): the probability that the last epoch gave each predicted class.

    Where records were held out of the training to be predicted, (N, K): the probability of every class.
    """

    outcome: Outcome
    confidences: NDArray[np.float16]


Watch = Callable[[int, int, float], None]
"""Called after each epoch with the epochs done, the epochs at most, and the test accuracy so far."""


def train(cell: Cell, dataset: Dataset, device: str, watch: Watch) -> Trained:
    """Damage the training set, train the model, measure it on the clean test set.

    Parameters
    ----------
    dataset : Dataset
        The cell's data set, loaded; never changed.
    device : str
        ``cpu`` (one thread, equal to the bit whatever runs beside it) or ``cuda``.

    Raises
    ------
    DqError
        The damage does not fit the data set, or the model does not take its images.
    """
    from dqsuite.training.loop import train_cell

    return train_cell(cell, dataset, device, watch)


def share_of_device(device: str) -> float:
    """Return the part of a GPU's memory that this process has taken at most, if it is alone there; 0 on a CPU."""
    if device != "cuda":
        return 0.0
    from dqsuite.training.memory import share_of_memory

    return share_of_memory()


def seconds_per_image(cell: Cell, dataset: Dataset, device: str) -> float:
    """Return the seconds that training takes for an image, by a few steps of the cell's own model and batch.

    Raises
    ------
    DqError
        As `train`.
    """
    from dqsuite.training.timing import timed_steps

    return timed_steps(cell, dataset, device)
