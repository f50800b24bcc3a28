"""What a second worker gains, what a second thread would, and what store, leases and events cost."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dqsuite import datasets
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.training import train
from speed.cases import fixed
from speed.data import provide, told
from speed.figure import Figure, number
from speed.settings import Settings
from speed.sides import Timed, ignore, ours_one, ours_sweep
from speed.turns import Call, in_turn, process

_CELL_S = 1.0  # seconds that a cell is to last
_TRAIN, _TEST = 5_000, 1_000  # images
_MOST_OVERHEAD = 5.0  # percent


def measure(settings: Settings) -> Iterator[Figure]:
    """Yield the gain of workers over one worker with one thread and with several, and the engine's overhead."""
    with tempfile.TemporaryDirectory() as folder, process() as call:
        plan, seconds = _second_long(settings, Path(folder), call)
        note = f"cells of {number(seconds)} s, lenet5, {told('mnist', plan.dataset)}"
        yield from _workers(plan, settings, call, note)
        if settings.device == "cpu":
            yield _threads(plan, settings, call, note)
        yield _overhead(plan, settings, call, note)


def _second_long(settings: Settings, folder: Path, call: Call) -> tuple[Plan, float]:
    """Return a sweep of cells with as many epochs as make a second, and the seconds of one."""
    data = provide("mnist", settings.images or _TRAIN, -(-settings.images // 5) or _TEST, folder)
    call(ours_one, one := _plan(data, settings, 1), one.cells[0], settings.device)
    epoch: Timed = call(ours_one, one, one.cells[0], settings.device)
    plan = _plan(data, settings, settings.epochs or max(1, round(_CELL_S / epoch.seconds)))
    cell: Timed = call(ours_one, plan, plan.cells[0], settings.device)
    return plan, cell.seconds


def _plan(data: str, settings: Settings, epochs: int) -> Plan:
    recipe = fixed(RECIPES["he-mnist"], epochs)
    return plan_grid(data, ["lenet5"], [], recipe=recipe, repeats=settings.cells, precision=settings.precision)


def _workers(plan: Plan, settings: Settings, call: Call, note: str) -> Iterator[Figure]:
    turns = in_turn(
        settings.turns,
        lambda turn: call(ours_sweep, plan, settings.device, settings.workers),
        lambda turn: call(ours_sweep, plan, settings.device, 1),
    )
    name = f"{settings.workers} workers against 1, {len(plan.cells)} cells"
    yield Figure(name, [one.seconds / many.seconds for many, one in turns], "×", note=f"starting them included; {note}")


def _threads(plan: Plan, settings: Settings, call: Call, note: str) -> Figure:
    few = dataclasses.replace(plan, cells=plan.cells[: settings.plain_cells])
    turns = in_turn(
        settings.turns,
        lambda turn: call(_with_threads, few, settings.workers),
        lambda turn: call(_with_threads, few, 1),
    )
    name = f"1 worker with {settings.workers} threads against 1 thread, {len(few.cells)} cells"
    return Figure(name, [one / many for many, one in turns], "×", note=note)


def _with_threads(plan: Plan, threads: int) -> float:
    """Return the seconds of the plan's cells, one after the other, if a cell had several threads."""
    import torch

    dataset = datasets.load(plan.dataset)
    torch.set_num_threads(threads)
    began = time.perf_counter()
    with patch("torch.set_num_threads"):  # training asks for one thread, always
        for cell in plan.cells:
            train(cell, dataset, "cpu", ignore)
    return time.perf_counter() - began


def _overhead(plan: Plan, settings: Settings, call: Call, note: str) -> Figure:
    turns = in_turn(
        settings.turns,
        lambda turn: call(ours_sweep, plan, settings.device, settings.workers).seconds,
        lambda turn: call(_directly, plan, settings.device, settings.workers),
    )
    return Figure(
        f"store, leases and events, {len(plan.cells)} cells on {settings.workers} workers",
        [100 * (engine / direct - 1) for engine, direct in turns],
        "%",
        most=_MOST_OVERHEAD,
        note=f"against as many processes that only train; {note}",
    )


def _directly(plan: Plan, device: str, workers: int) -> float:
    """Return the seconds that processes need which are handed the plan's cells and keep nothing."""
    began = time.perf_counter()
    with ProcessPoolExecutor(workers, get_context("spawn"), _open, (plan.dataset,)) as pool:
        list(pool.map(partial(_train, device), plan.cells))
    return time.perf_counter() - began


_opened: list[Any] = []


def _open(dataset: str) -> None:
    _opened[:] = [datasets.load(dataset)]


def _train(device: str, cell: Cell) -> None:
    train(cell, _opened[0], device, ignore)
