"""``dqsuite.advise``: what to do about a data set, from Python."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dqsuite import training
from dqsuite.advice.advice import Advice, advice_of
from dqsuite.advice.course import BUDGET, Course
from dqsuite.advice.plan import carried_out
from dqsuite.api import load_dataset, name_of, trained_study
from dqsuite.core.hardware import resolve_device, training_precision
from dqsuite.datasets import Dataset
from dqsuite.engines.choice import processes_for
from dqsuite.engines.interface import Event
from dqsuite.engines.worker import Worker
from dqsuite.experiment.recipes import recipe_named
from dqsuite.experiment.store import default_store
from dqsuite.experiment.stores import open_store
from dqsuite.results.study import Study


def advise(
    data: Any,  # noqa: ANN401 - what it may be stands below
    model: str = "",
    corrupt: Sequence[str] = (),
    *,
    budget: str = BUDGET,
    recipe: str = "standard",
    settings: Mapping[str, int | str] | None = None,
    repeats: int = 0,
    seed: int = 0,
    device: str = "auto",
    precision: str = "auto",
    workers: int = 0,
    store: str | Path = "",
    report: Callable[[Event], None] = lambda event: None,
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
) -> Advice:
    """Train a designed plan, and say which classes break first, which look alike, and what damage is worth.

    Parameters
    ----------
    data : Study, Dataset, str, or a source of pictures
        Of a study, what its conditions allow is told and nothing is trained; else as for `run`.
    model : str
        By default the study's first one, or lenet.
    corrupt : sequence of str
        Damage to be placed on the axis of clean data beside ours.
    budget : str
        Of training, such as ``30m``: it decides the repeats, and what is left out.
    repeats : int
        Of every condition; by default 3 to 8, as the budget allows.
    recipe, settings, seed, device, precision, workers, store, report, say
        As for `run`; all conditions make as many updates.

    Raises
    ------
    DqError
        There is one class, a class is too small, the budget is too small, or what `run` raises.
    """
    if isinstance(data, Study):
        return advice_of(data, model)
    known = data if isinstance(data, str | Dataset) else load_dataset(data)
    worker = Worker(open_store(store or default_store()), training.train, resolve_device(device))
    course = Course(
        name_of(known),
        model or "lenet",
        recipe_named(recipe).with_settings(**(settings or {})),
        training_precision(precision, worker.device),
        worker,
        processes_for(worker.device, workers),
        corrupt,
        repeats,
        seed,
    )
    wanted = course.chosen(budget)
    told: set[str] = set()

    def once(line: str) -> None:
        if line not in told:
            told.add(line)
            say(line)

    def step(conditions: Sequence[str]) -> Study:
        return trained_study(course.engine, course.grid(conditions, wanted.repeats), report, once)

    return advice_of(carried_out(wanted, course.named, step))
