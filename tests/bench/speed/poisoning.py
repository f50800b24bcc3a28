"""The poisoning source's protocol, its own stopping rule included, beside the same protocol in Keras."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from dqsuite import corruptions, datasets
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.engines.interface import follow, in_batches
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.training import train
from speed.data import SHAPES, provide, told
from speed.figure import Figure, number
from speed.settings import Settings
from speed.sides import ignore
from speed.turns import Call, in_turn, process

_SCRIPT = Path(__file__).with_name("keras_poisoning.py")
_CONDITIONS = {"first:1000": 0.91, "first:1000+wrong:0.4": 0.83}  # with the best accuracy that ours has to reach
_LEAST = 4.0


class Pair(NamedTuple):
    """Both conditions trained: the seconds of all, the epochs of each, the best accuracy of each, and a version."""

    seconds: float
    epochs: tuple[int, ...]
    best: tuple[float, ...]
    version: str


def measure(settings: Settings) -> Iterator[Figure]:
    """Yield the ratio of the seconds per epoch on the same cores, and the best accuracies.

    Raises
    ------
    DqError
        No Python with TensorFlow is named, or it fails.
    """
    python = _python(settings.python)
    with tempfile.TemporaryDirectory() as folder, process() as call:
        shape = SHAPES["mnist"]
        text = provide("mnist", settings.images or shape.train, shape.test, Path(folder))
        plans = [_plan(text, repeat, settings) for repeat in range(settings.turns)]
        turns = in_turn(
            settings.turns,
            lambda turn: _ours(call, plans[turn], settings),
            lambda turn: _keras(python, plans[turn], Path(folder)),
        )
    ours, keras = ([pair[side] for pair in turns] for side in (0, 1))
    yield Figure(
        f"poison_cnn by its protocol on {settings.workers} workers, beside Keras: time per epoch",
        [_per_epoch(other) / _per_epoch(one) for one, other in turns],
        "×",
        least=_LEAST,
        note=f"{_told(ours)} against {_told(keras)} with {keras[0].version}; {told('mnist', text)}",
    )
    judged = not text.startswith("planted") and not settings.epochs
    for place, (condition, least) in enumerate(_CONDITIONS.items()):
        yield Figure(
            f"poison_cnn, {condition}, best accuracy",
            [100 * pair.best[place] for pair in ours],
            "%",
            least=100 * least if judged else -np.inf,
            note=f"Keras {', '.join(f'{100 * pair.best[place]:.1f}' for pair in keras)}; {told('mnist', text)}",
        )


def _plan(text: str, repeat: int, settings: Settings) -> Plan:
    recipe = RECIPES["poisoning"].with_settings(**({"epochs": settings.epochs} if settings.epochs else {}))
    found = plan_grid(
        text, ["poison_cnn"], list(_CONDITIONS), recipe=recipe, repeats=repeat + 1, precision=settings.precision
    )
    cells = {cell.corruption: cell for cell in found.cells if cell.repeat == repeat}
    return Plan(text, found.fingerprint, tuple(cells[condition] for condition in _CONDITIONS))


def _ours(call: Call, plan: Plan, settings: Settings) -> Pair:
    found: Pair = call(_train_pair, plan, settings.device, settings.workers)
    return found


def _train_pair(plan: Plan, device: str, workers: int) -> Pair:
    """Train both cells through an engine; starting its workers is part of the time."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        began = time.perf_counter()
        follow(Processes(Worker(store, train, device), workers), in_batches(plan), ignore)
        seconds = time.perf_counter() - began
        outcomes = [Outcome.from_bytes(store.get(OUTCOMES, plan.key(cell))) for cell in plan.cells]
    curves = [outcome.curves["test_accuracy"] for outcome in outcomes]
    version = f"torch {outcomes[0].provenance['torch']}"
    return Pair(seconds, tuple(map(len, curves)), tuple(float(curve.max()) for curve in curves), version)


def _keras(python: str, plan: Plan, folder: Path) -> Pair:
    """Train both cells in Keras, one after the other on all cores; its start is no part of the time."""
    reports = [_keras_cell(python, plan.dataset, cell, folder) for cell in plan.cells]
    return Pair(
        sum(sum(report["seconds"]) for report in reports),
        tuple(len(report["seconds"]) for report in reports),
        tuple(max(report["accuracy"]) for report in reports),
        f"Keras {reports[0]['keras']}",
    )


def _keras_cell(python: str, dataset: str, cell: Cell, folder: Path) -> dict[str, Any]:
    data, report = folder / "keras.npz", folder / "keras.json"
    found = datasets.load(dataset)
    noise = seeds.streams(cell.repeat).noise
    damaged = corruptions.apply(cell.condition, found.x_train, found.y_train, found.classes, noise)
    np.savez(data, x_train=damaged.images, y_train=damaged.labels, x_test=found.x_test, y_test=found.y_test)
    command = [python, str(_SCRIPT), str(data), str(cell.recipe.epochs), str(report)]
    environment = {key: value for key, value in os.environ.items() if key != "OMP_NUM_THREADS"}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise DqError(f"{python} could not train in Keras: {last}", "look whether its Keras is version 3")
    read: dict[str, Any] = json.loads(report.read_text())
    return read


def _python(name: str) -> str:
    if not name:
        raise DqError("the benchmark beside Keras needs a Python with TensorFlow", "name one with --python PATH")
    found = shutil.which(name)
    if not found:
        raise DqError(f"there is no Python {name}", "check the path")
    if subprocess.run([found, "-c", "import keras, tensorflow"], check=False, capture_output=True).returncode:
        raise DqError(f"{name} has no TensorFlow", f"{name} -m pip install tensorflow")
    return found


def _per_epoch(pair: Pair) -> float:
    return pair.seconds / sum(pair.epochs)


def _told(pairs: Sequence[Pair]) -> str:
    epochs = "; ".join("+".join(map(str, pair.epochs)) for pair in pairs)
    return f"{number(median(map(_per_epoch, pairs)))} s an epoch ({epochs} epochs)"
