"""The Python face: what ``import dqsuite`` shows.

>>> import dqsuite as dq
>>> study = dq.run("digits", corrupt=["wrong:0.2"], repeats=3, epochs=5)  # doctest: +SKIP
>>> study.accuracies().sel(condition="wrong:0.2").mean("repeat")  # doctest: +SKIP
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dqsuite import corruptions, datasets, training
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing
from dqsuite.core.hardware import cores, resolve_device, training_precision
from dqsuite.corruptions import Damaged
from dqsuite.datasets import Dataset
from dqsuite.datasets.cache import cache_dir
from dqsuite.engines.interface import Event, follow
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker, missing_batches
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import recipe_named
from dqsuite.experiment.store import Store, default_store
from dqsuite.results.reader import Reader
from dqsuite.results.study import Study, load_study


def load_dataset(name: str) -> Dataset:
    """Return the data set that a name stands for, as on the command line: ``mnist``, ``folder:photos;size=32``.

    Raises
    ------
    DqError
        The name is unknown, or what it names cannot be read.
    """
    return datasets.load(name)


def make_dataset(
    x_train: ArrayLike,
    y_train: ArrayLike,
    x_test: ArrayLike,
    y_test: ArrayLike,
    *,
    classes: Sequence[str] = (),
    name: str = "arrays",
) -> Dataset:
    """Make a data set of arrays.

    The arrays are kept in the user's cache, under a digest of their content, where the workers that train find them.

    Parameters
    ----------
    x_train, x_test : uint8 (N, H, W) or (N, H, W, C)
        Images; C is 1 or 3.
    y_train, y_test : int or str (N,)
        Labels; integers from 0 to K - 1, or the names of the classes.
    classes : sequence of str
        The K class names; by default the labels themselves.
    name : str
        What reports call it.

    Raises
    ------
    DqError
        The arrays do not fit together; the line says how to mend them.
    """
    arrays: dict[str, Any] = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    if classes:
        arrays["classes"] = list(classes)
    return datasets.load(f"npz:{_kept({key: np.asarray(value) for key, value in arrays.items()}, name)}")


def damage(dataset: Dataset, condition: str, repeat: int = 0) -> Damaged:
    """Damage a training set as a repeat of a condition would meet it.

    Parameters
    ----------
    condition : str
        In the grammar of the command line, ``wrong:0.2`` or ``first:1000+shuffle:0.3``.

    Returns
    -------
    Damaged
        Images, labels, which records are left, and a manifest of what was done; the data set is left as it is.

    Raises
    ------
    DqError
        The condition cannot be read, or does not fit the data set.
    """
    noise = seeds.streams(repeat).noise
    return corruptions.apply(corruptions.parse(condition), dataset.x_train, dataset.y_train, dataset.classes, noise)


def run(
    dataset: str | Dataset,
    models: str | Sequence[str] = "lenet",
    corrupt: str | Sequence[str] = (),
    *,
    recipe: str = "standard",
    settings: Mapping[str, int] | None = None,
    repeats: int = 3,
    device: str = "auto",
    precision: str = "auto",
    workers: int = 0,
    store: str | Path = "",
    report: Callable[[Event], None] = lambda event: None,
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
) -> Study:
    """Train a clean baseline and each condition, take from the store what was trained before, and return the study.

    With more than one worker the calling script needs Python's usual ``if __name__ == "__main__":``.

    Parameters
    ----------
    dataset : str or Dataset
        A name as `load_dataset` takes it, or a data set.
    models, corrupt : str or sequence of str
        Names of models and conditions, as on the command line.
    recipe, settings : str, and mapping
        The name of the training settings, and what takes the place of some: ``{"epochs": 5}``.
    repeats : int
        Trainings for each model and condition.
    device, precision : str
        ``auto``, ``cpu`` or ``cuda``; ``auto``, ``fp32`` or ``bf16``.
    workers : int
        Processes; 0 for one a core on a CPU, and one on a GPU.
    store : path
        The folder of the outcomes; by default ``$DQSUITE_STORE``, or ``.dqsuite/store``.
    report, say : callable
        Are told of each training's progress, and of what a user should read.

    Raises
    ------
    DqError
        A name cannot be read, a model cannot be trained, or the store cannot be written.
    """
    worker = Worker(Store(store or default_store()), training.train, resolve_device(device))
    chosen = training_precision(precision, worker.device)
    given = recipe_named(recipe).with_settings(**(settings or {}))
    grid = _name(dataset), _texts(models), _texts(corrupt)
    plan = plan_grid(*grid, recipe=given, repeats=repeats, precision=chosen)
    return _study(worker, plan, workers, report, say)


def _study(
    worker: Worker, plan: Plan, workers: int, report: Callable[[Event], None], say: Callable[[str], None]
) -> Study:
    """Have what is missing of a plan trained, and return all of it from the store."""
    load_study(worker.store, plan, say)  # sets damaged outcomes aside before they are counted as there
    batches = missing_batches(worker, plan, Reader(worker.store, say).card(plan.fingerprint))
    follow(Processes(worker, workers or (cores() if worker.device == "cpu" else 1)), batches, report)
    found = load_study(worker.store, plan, say)
    assert found is not None  # the engine has stored every cell or raised
    return found


def _texts(given: str | Sequence[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else given


def _name(dataset: str | Dataset) -> str:
    """Return a name by which workers find a data set: its own where that leads to it, else that of a kept copy."""
    if isinstance(dataset, str):
        return dataset
    try:
        if datasets.identify(dataset.name).fingerprint == dataset.fingerprint:
            return dataset.name
    except DqError:
        pass  # it is named by a digest: only the arrays lead to it
    arrays = dataset.arrays._asdict()
    return f"npz:{_kept({**arrays, 'classes': np.array(dataset.classes)}, dataset.name)}"


def _kept(arrays: Mapping[str, np.ndarray[Any, Any]], name: str) -> Path:
    """Keep arrays as an npz in the user's cache, under a digest of their content; return its path."""
    digest = hashlib.sha256()
    for key, array in arrays.items():
        digest.update(f"{key} {array.dtype.str} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    stem = "".join(c if c.isalnum() or c in "-_" else "_" for c in name)[:60] or "arrays"
    path = cache_dir() / "arrays" / digest.hexdigest()[:24] / f"{stem}.npz"
    if not path.is_file():
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type] # numpy types **kwds as allow_pickle
    return path
