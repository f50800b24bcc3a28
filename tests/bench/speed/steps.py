"""How long a step of training takes, by the recipes and widths of the scale medium."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from dqsuite import datasets
from dqsuite.claims.scales import SCALES
from dqsuite.claims.source import Setup
from dqsuite.core.grammar import parse_term
from dqsuite.experiment.plan import plan_grid
from dqsuite.training import seconds_per_image
from speed.data import SHAPES, provide, told
from speed.figure import Figure
from speed.settings import Settings

_IMAGES = 20_000  # of which a step takes a batch


def measure(settings: Settings) -> Iterator[Figure]:
    """Yield the milliseconds of a step of each model, its batch gathered, turned and scaled within it."""
    with tempfile.TemporaryDirectory() as folder:
        for setup in _setups(settings):
            yield _step(setup, settings, Path(folder))


def _setups(settings: Settings) -> list[Setup]:
    """Return one setup for each model of the scale that is asked for."""
    models = {setup.model: setup for setup in SCALES["medium"].setups.values()}
    return [each for text, each in models.items() if not settings.cases or parse_term(text).name in settings.cases]


def _step(setup: Setup, settings: Settings, folder: Path) -> Figure:
    shape = SHAPES[parse_term(setup.dataset).name]
    images = min(settings.images or _IMAGES, shape.train)
    text = provide(setup.dataset, images, min(images, shape.test), folder)
    (cell,) = plan_grid(
        text, [setup.model], ["clean"], recipe=setup.recipe, repeats=1, precision=settings.precision
    ).cells
    dataset = datasets.load(text)
    batch = min(setup.recipe.batch_size, images)
    steps = [1000 * batch * seconds_per_image(cell, dataset, settings.device) for _ in range(settings.turns)]
    note = f"batches of {batch} in {settings.precision}, {told(setup.dataset, text)}"
    return Figure(f"{setup.model}, a step", steps, "ms", note=note)
