"""What surrounds the training: start, plan, store, claims and fingerprints, each in seconds against its limit."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from dqsuite.datasets import identify, load
from dqsuite.datasets.cache import cache_dir
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import OUTCOMES, Store
from speed.data import SHAPES, provide, told
from speed.fabricated import fill_claims, fill_names
from speed.figure import Figure
from speed.settings import Settings

_MANY = 100_000
_MODELS = ("lenet", "lenet5", "custom", "resnet18", "googlenet")


def measure(settings: Settings) -> Iterator[Figure]:
    """Yield the times of everything but training."""
    for part in (start, planning, opening, claims, fingerprint):
        yield from part(settings)


def start(settings: Settings) -> Iterator[Figure]:
    """Yield the time of ``dqsuite --help``, Python's own start included."""
    yield _seconds("dqsuite --help", settings, lambda: _command("--help"), most=0.5)


def planning(settings: Settings, count: int = _MANY) -> Iterator[Figure]:
    """Yield the times to name that many cells, and to name their outcomes as well."""
    yield _seconds(f"a plan of {count:,} cells", settings, lambda: plan_many(count), most=2 * count / _MANY)
    plan = plan_many(count)
    yield _seconds(f"the keys of {count:,} cells", settings, lambda: [plan.key(cell) for cell in plan.cells])


def plan_many(count: int) -> Plan:
    """Plan that many cells: 5 models, 100 conditions, and as many repeats as it takes."""
    conditions = [f"shuffle:{level / 1000}" for level in range(1, 100)]
    repeats = count // len(_MODELS) // 100
    recipe = RECIPES["lie-lenet"]
    return plan_grid("digits", _MODELS, conditions, recipe=recipe, repeats=repeats, precision="fp32")


def opening(settings: Settings, count: int = _MANY) -> Iterator[Figure]:
    """Yield the times to list a store of that many outcomes, and to ask which of a plan's are there."""
    limit = 2 * count / _MANY
    plan = plan_many(count)
    keys = [plan.key(cell) for cell in plan.cells]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        fill_names(store, keys)
        yield _seconds(f"the names in a store of {count:,}", settings, lambda: set(store.list(OUTCOMES)), limit)
        yield _seconds(f"which of {count:,} are stored", settings, lambda: store.has_many(OUTCOMES, keys), limit)


def claims(settings: Settings) -> Iterator[Figure]:
    """Yield the time of ``dqsuite claims`` where nothing and where everything is stored."""
    with tempfile.TemporaryDirectory() as folder:
        command = ("claims", "--store", folder, "--device", settings.device)
        yield _seconds("dqsuite claims, empty store", settings, lambda: _command(*command), most=1)
        count = fill_claims(Store(folder), settings.precision)
        yield _seconds(f"dqsuite claims, all {count:,} outcomes stored", settings, lambda: _command(*command), most=1)


def fingerprint(settings: Settings) -> Iterator[Figure]:
    """Yield the times to load a data set, and to know it again."""
    with tempfile.TemporaryDirectory() as folder:
        shape = SHAPES["cifar10"]
        text = provide("cifar10", settings.images or shape.train, shape.test, Path(folder))
        note = told("cifar10", text)
        cold, warm = [], []
        for _ in range(settings.turns):
            with _empty_cache():
                cold.append(_timed(lambda: load(text)))
                warm.append(_timed(lambda: identify(text)))
        yield Figure("a data set read and its fingerprint computed", cold, "s", note=note)
        yield Figure("its fingerprint known again", warm, "s", most=0.01, note=note)


def _seconds(name: str, settings: Settings, function: Callable[[], object], most: float = float("inf")) -> Figure:
    return Figure(name, [_timed(function) for _ in range(settings.turns)], "s", most=most)


def _timed(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def _command(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "dqsuite", *arguments], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _empty_cache() -> Iterator[None]:
    """Let no fingerprint be remembered; a downloaded data set, which lies in the cache too, stays reachable."""
    downloaded = os.environ.get("DQSUITE_DATA") or str(cache_dir())
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, DQSUITE_CACHE=folder, DQSUITE_DATA=downloaded),
        patch.dict("dqsuite.datasets._computed", clear=True),  # those of this process
    ):
        yield
