"""The Python face: what ``import dqsuite`` shows.

>>> import dqsuite as dq
>>> study = dq.run("digits", corrupt=["wrong:0.2"], repeats=3, epochs=5)  # doctest: +SKIP
>>> study.accuracies().sel(condition="wrong:0.2").mean("repeat")  # doctest: +SKIP
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dqsuite import corruptions, datasets, training
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import training_precision
from dqsuite.corruptions import Damaged
from dqsuite.datasets import Dataset
from dqsuite.datasets.by_content import content, keep_arrays
from dqsuite.datasets.objects import records_of
from dqsuite.datasets.records import Options, assembled
from dqsuite.engines.choice import device_for, engine_named
from dqsuite.engines.dispatch import Dispatch
from dqsuite.engines.interface import Event, follow
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker, missing_batches
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import recipe_named
from dqsuite.experiment.store import default_store
from dqsuite.experiment.stores import open_store
from dqsuite.results.copies import look_for_copies
from dqsuite.results.loading import load_study
from dqsuite.results.reader import Reader
from dqsuite.results.study import Study
from dqsuite.results.warnings import warnings_of


def load_dataset(
    data: Any,  # noqa: ANN401 - what it may be stands below
    test: Any = None,  # noqa: ANN401
    *,
    columns: Mapping[str, str] | None = None,
    classes: Sequence[str] = (),
    size: int = 0,
    held_out: float = 0.2,
    seed: int = 0,
    skip: str = "",
    name: str = "data",
) -> Dataset:
    """Return the data set that a name stands for, as on the command line, or make one of what a program has in hand.

    Pictures in hand are decoded once and kept in the user's cache, where the workers that train find them.

    Parameters
    ----------
    data : str, or a source of pictures
        ``mnist``, ``folder:photos;size=32``, ``csv:table.csv``; a tuple of arrays (images, labels); a pandas DataFrame
        of paths or images and labels; a Dataset of Hugging Face; a map-style data set of torch, or a list, of pairs
        (image, label); a mapping of ``train`` and ``test`` to such, as a DatasetDict is.
    test : a source of pictures
        Those to test with, if `data` holds those to train on alone.
    columns : mapping
        The columns of a table: ``{"image": "file", "label": "kind", "split": "part"}``; usual names are found.
    classes : sequence of str
        The class names where labels are numbers; by default what the data set says, or else the labels.
    size : int
        The side in pixels that pictures are resized to; 0 if they keep theirs.
    held_out, seed : float, int
        Without a split, this fraction of each class tests, drawn with the seed.
    skip : str
        ``unreadable`` goes on without pictures that cannot be read, and says which.
    name : str
        What reports call it.

    Raises
    ------
    DqError
        The name is unknown, what it names cannot be read, or the object is no data set; the line says how to mend it.
    """
    if isinstance(data, str):
        return datasets.load(data)
    options = Options.checked(held_out, seed, size, skip)
    records = records_of(data, test, columns=columns or {}, classes=classes, where=name)
    arrays = assembled(records, options)
    return replace(datasets.load(f"npz:{keep_arrays(content(arrays), name)}"), notes=arrays.notes)


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
    return datasets.load(f"npz:{keep_arrays({key: np.asarray(value) for key, value in arrays.items()}, name)}")


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
    dataset: Any,  # noqa: ANN401 - what it may be stands below
    models: str | Sequence[str] = "lenet",
    corrupt: str | Sequence[str] = (),
    *,
    recipe: str = "standard",
    settings: Mapping[str, int | str] | None = None,
    repeats: int = 3,
    seed: int = 0,
    device: str = "auto",
    precision: str = "auto",
    workers: int = 0,
    engine: str = "processes",
    address: str = "",
    store: str | Path = "",
    report: Callable[[Event], None] = lambda event: None,
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
) -> Study:
    """Train a clean baseline and each condition, take from the store what was trained before, and return the study.

    With more than one worker the calling script needs Python's usual ``if __name__ == "__main__":``.

    Parameters
    ----------
    dataset : Dataset, str, or a source of pictures
        A data set, or what `load_dataset` makes one of.
    models, corrupt : str or sequence of str
        Names of models and conditions, as on the command line.
    recipe, settings : str, and mapping
        The name of the training settings, and what takes the place of some: ``{"epochs": 5}``, or
        ``{"counted": "clean"}`` for as many updates in every condition as on the clean data.
    repeats, seed : int
        Trainings for each model and condition; another seed makes others.
    device, precision, workers : str, str and int
        ``auto``, ``cpu`` or ``cuda``; ``auto``, ``fp32`` or ``bf16``; processes, 0 for one a core, or one on a GPU.
    engine, address : str
        ``processes`` of this machine, or ``ray``: the cluster at an address, or one started here for the run.
    store : path, or str
        The folder of the outcomes, or a bucket's ``s3://bucket/folder``; by default ``$DQSUITE_STORE``, or
        ``.dqsuite/store``.
    report, say : callable
        Are told of each training's progress, and of what a user should read, such as the study's warnings.

    Raises
    ------
    DqError
        A name cannot be read, a model cannot be trained, or the store cannot be written.
    """
    worker = Worker(open_store(store or default_store()), training.train, device_for(engine, device))
    trainer = engine_named(engine, worker, workers, address)
    given = recipe_named(recipe).with_settings(**(settings or {}))
    known = dataset if isinstance(dataset, str | Dataset) else load_dataset(dataset)
    grid = name_of(known), _texts(models), _texts(corrupt)
    precision = training_precision(precision, worker.device)
    plan = plan_grid(*grid, recipe=given, repeats=repeats, precision=precision, seed=seed)
    _tell(plan.notes if isinstance(known, str) else known.notes, say)
    return trained_study(trainer, plan, report, say)


def _tell(notes: Iterable[str], say: Callable[[str], None]) -> None:
    for note in notes:
        say(note)


def trained_study(
    engine: Processes | Dispatch, plan: Plan, report: Callable[[Event], None], say: Callable[[str], None]
) -> Study:
    """Have what is missing of a plan trained, and return all of it from the store."""
    worker = engine.worker
    load_study(worker.store, plan, say)  # sets damaged outcomes aside before they are counted as there
    batches = missing_batches(worker, plan, Reader(worker.store, say).card(plan.fingerprint))
    follow(engine, batches, report)
    look_for_copies(worker.store, plan)
    found = load_study(worker.store, plan, say)
    assert found is not None  # the engine has stored every cell or raised
    for warning in warnings_of(found):
        say(f"warning: {warning}")
    return found


def _texts(given: str | Sequence[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else given


def name_of(dataset: str | Dataset) -> str:
    """Return a name by which workers find a data set: its own where that leads to it, else that of a kept copy."""
    if isinstance(dataset, str):
        return dataset
    try:
        if datasets.identify(dataset.name).fingerprint == dataset.fingerprint:
            return dataset.name
    except DqError:
        pass  # it is named by a digest: only the arrays lead to it
    return f"npz:{keep_arrays(content(dataset.arrays), dataset.name)}"
