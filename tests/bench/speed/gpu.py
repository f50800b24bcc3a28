"""How much of a card (or of cores) is used, and how long the full study takes: measured parts, and their sum."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from dqsuite import corruptions, datasets, models
from dqsuite.core import seeds
from dqsuite.core.grammar import parse_term
from dqsuite.datasets import Dataset
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES, Recipe
from dqsuite.training import train
from speed.cases import CASES, fixed
from speed.data import SHAPES, provide, told
from speed.fabricated import claims_cells
from speed.figure import Figure, number
from speed.settings import Settings
from speed.sides import ours_sweep
from speed.turns import process

_MATRIX = {"cuda": 8192, "cpu": 2048}  # rows of the square product that shows the limit
_PASSES = 3  # a training step costs a forward and a backward, which is twice a forward
_BATCHES = (64, 512)
_EPOCHS = 3  # the first pays for compiling and is not counted
_IMAGES = {"cuda": 50_000, "cpu": 2_000}  # trained on, where the settings name no number


class Speed(NamedTuple):
    """Seconds for one image, to train on it and to be tested on it."""

    train: float
    test: float


class Kind(NamedTuple):
    """What decides how long an image takes."""

    dataset: str
    model: str
    recipe: Recipe


def measure(settings: Settings) -> Iterator[Figure]:
    """Yield the card's limit, the share that resnet18 reaches, the rate of small sweeps, and the projection."""
    with tempfile.TemporaryDirectory() as folder:
        yield from shares(settings, Path(folder))
        yield from sweeps(settings, Path(folder))
        yield from projection(settings, Path(folder))


def shares(settings: Settings, folder: Path, model: str = "resnet18") -> Iterator[Figure]:
    """Yield the limit of the device, and what a model takes of it."""
    limit = peak(settings)
    yield Figure(f"limit: {_MATRIX[settings.device]}³ product in {settings.precision}", [limit], "TFLOP/s")
    text = _excerpt("cifar10", settings, folder)
    dataset = datasets.load(text)
    flop = _forward_flop(model, dataset)
    for batch in _BATCHES:
        recipe = fixed(RECIPES["lie-deep"].with_settings(batch_size=batch), _EPOCHS)
        seconds = _epochs(Kind(text, model, recipe), "clean", dataset, settings)
        work = flop * (_PASSES * len(dataset.y_train) + len(dataset.y_test)) / 1e12
        note = f"{len(dataset.y_train):,} training and {len(dataset.y_test):,} test images, {told('cifar10', text)}"
        yield Figure(f"{model}, batch {batch}, an epoch", seconds, "s", note=note)
        yield Figure(f"{model}, batch {batch}, share of the limit", [100 * work / s / limit for s in seconds], "%")


def sweeps(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yield how many cells of the small networks are trained in a minute."""
    for name in ("lenet", "lenet5"):
        plan = CASES[name].plan(settings, folder)
        plan = dataclasses.replace(plan, cells=plan.cells[: settings.cells])
        with process() as call:
            rates = [
                60 * len(plan.cells) / call(ours_sweep, plan, settings.device, settings.workers).seconds
                for _ in range(settings.turns)
            ]
        note = f"{len(plan.cells)} cells on {settings.workers} workers, {plan.cells[0].recipe.name}, {plan.dataset}"
        yield Figure(f"{name}, a sweep", rates, "cells a minute", note=note)


def projection(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yield the hours of every cell of all claims at full scale, by kind of training and in all."""
    hours: dict[Kind, float] = {}
    cells = claims_cells(settings.precision)
    if settings.cases:
        cells = [cell for cell in cells if parse_term(cell.model).name in settings.cases]
    for kind, images in _images(cells).items():
        speed, text = _speed(kind, settings, folder)
        hours[kind] = (images.train * speed.train + images.test * speed.test) / 3600
        yield Figure(
            f"full study, {kind.dataset} {kind.model} {kind.recipe.name}",
            [hours[kind]],
            "h",
            note=f"{images.cells} cells: {images.train:.3g} images at {number(1e6 * speed.train)} µs and "
            f"{images.test:.3g} test images at {number(1e6 * speed.test)} µs, measured on {told(kind.dataset, text)}",
        )
    note = f"{len(cells)} cells one after the other, with all the epochs that a recipe allows, so at most"
    yield Figure("full study, in all", [sum(hours.values())], "h", note=note)


@dataclasses.dataclass
class Images:
    """How many cells of a kind there are, and how many images they are trained and tested on over all epochs."""

    cells: int = 0
    train: float = 0.0
    test: float = 0.0


def _images(cells: list[Cell]) -> dict[Kind, Images]:
    found: dict[Kind, Images] = defaultdict(Images)
    kept = {pair: _kept(*pair) for pair in {(cell.dataset, cell.corruption) for cell in cells}}
    for cell in cells:
        counted = found[Kind(cell.dataset, cell.model, cell.recipe)]
        count = kept[cell.dataset, cell.corruption]
        epochs = cell.recipe.epochs or -(-cell.recipe.updates * cell.recipe.batch_size // count)
        counted.cells += 1
        counted.train += epochs * count
        counted.test += -(-epochs // cell.recipe.measured) * SHAPES[parse_term(cell.dataset).name].test
    return dict(found)


def _kept(dataset: str, corruption: str) -> int:
    """Return how many records a corruption leaves, of blank images with every class equally often."""
    name = parse_term(dataset).name
    labels = np.arange(SHAPES[name].train) % len(CLASSES[name])
    chain = corruptions.parse(corruption)
    return len(corruptions.damage_labels(chain, labels, CLASSES[name], seeds.streams(0).noise).labels)


def _speed(kind: Kind, settings: Settings, folder: Path) -> tuple[Speed, str]:
    """Return the seconds of an image, from epochs on all of an excerpt and on half of it."""
    text = _excerpt(kind.dataset, settings, folder)
    dataset = datasets.load(text)
    short = kind._replace(dataset=text, recipe=fixed(kind.recipe, _EPOCHS))
    whole, half = (median(_epochs(short, condition, dataset, settings)) for condition in ("clean", "reduce:0.5"))
    trained, tested = len(dataset.y_train), len(dataset.y_test)
    each = max(0.0, (whole - half) / (trained - trained // 2))
    return Speed(each, max(0.0, (whole - trained * each) / tested)), text


def _epochs(kind: Kind, condition: str, dataset: Dataset, settings: Settings) -> list[float]:
    """Return the seconds of each epoch but the first, the measurement on the test set included."""
    plan = plan_grid(
        kind.dataset, [kind.model], [condition], recipe=kind.recipe, repeats=1, precision=settings.precision
    )
    cell = next(cell for cell in plan.cells if cell.corruption == condition)
    times: list[float] = []
    train(cell, dataset, settings.device, lambda *epoch: times.append(time.perf_counter()))
    return [after - before for before, after in pairwise(times)]


def _excerpt(name: str, settings: Settings, folder: Path) -> str:
    shape = SHAPES[parse_term(name).name]
    images = min(settings.images or _IMAGES[settings.device], shape.train)
    return provide(name, images, min(-(-images // 5), shape.test), folder)


def peak(settings: Settings) -> float:
    """Return the TFLOP/s of a large matrix product in the precision of the training."""
    import torch

    n = _MATRIX[settings.device]
    dtype = torch.bfloat16 if settings.precision == "bf16" else torch.float32
    one, other = (torch.randn(n, n, dtype=dtype, device=settings.device) for _ in range(2))
    seconds = []
    for _ in range(5):
        _settle(settings.device)
        began = time.perf_counter()
        one @ other
        _settle(settings.device)
        seconds.append(time.perf_counter() - began)
    return float(2 * n**3 / min(seconds) / 1e12)


def _settle(device: str) -> None:
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


def _forward_flop(model: str, dataset: Dataset) -> float:
    """Return the floating-point operations of one image's forward, as torch counts them."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    height, width, channels = dataset.x_train.shape[1:]
    network = models.build(model, len(dataset.classes), (height, width, channels)).eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, channels, height, width))
    return float(counter.get_total_flops())
