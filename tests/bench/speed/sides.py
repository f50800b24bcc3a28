"""What the processes of a benchmark are asked to do; torch is imported when the first is, and is not timed."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite import datasets
from dqsuite.datasets import Dataset
from dqsuite.engines.interface import follow, in_batches
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.training import train
from speed.styles import Style


class Timed(NamedTuple):
    """Seconds, and bool (n, N): whether each of n trainings predicted each of N test images right at its end."""

    seconds: float
    right: NDArray[np.bool_]


def ours_one(plan: Plan, cell: Cell, device: str) -> Timed:
    """Train a cell as an engine's worker does."""
    dataset = _load(plan.dataset)
    began = time.perf_counter()
    outcome = train(cell, dataset, device, ignore).outcome
    return Timed(time.perf_counter() - began, _right([outcome], dataset))


def ours_sweep(plan: Plan, device: str, workers: int) -> Timed:
    """Train all cells of the plan into an empty store; starting the workers is part of the time."""
    dataset = _load(plan.dataset)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        began = time.perf_counter()
        follow(Processes(Worker(store, train, device), workers), in_batches(plan), ignore)
        seconds = time.perf_counter() - began
        outcomes = [Outcome.from_bytes(store.get(OUTCOMES, plan.key(cell))) for cell in plan.cells]
    return Timed(seconds, _right(outcomes, dataset))


def plain_sweep(plan: Plan, cells: Sequence[Cell], device: str, style: Style) -> Timed:
    """Train cells with the plain loop, one after the other."""
    from speed.plain import channels_of, train_plain

    dataset = _load(plan.dataset)
    channels = channels_of(dataset, plan.cells[0].recipe.scaling)
    began = time.perf_counter()
    right = [train_plain(cell, dataset, channels, device, style) for cell in cells]
    return Timed(time.perf_counter() - began, np.stack(right))


def ignore(*event: Any) -> None:
    """Take no notice."""


_load = lru_cache(maxsize=1)(datasets.load)


def _right(outcomes: Sequence[Outcome], dataset: Dataset) -> NDArray[np.bool_]:
    return np.stack([outcome.last == dataset.y_test for outcome in outcomes])
