"""Outcomes without training, for tests of what is done with them."""

from __future__ import annotations

import numpy as np

from dqsuite.datasets import Dataset
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.outcome import CURVES, Outcome
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from dqsuite.results.grouping import studies_of
from dqsuite.results.reader import Reader

CLASSES = ("cat", "deer", "frog")


def dataset(classes: tuple[str, ...] = CLASSES, per_class: int = 20) -> Dataset:
    """Return a data set of black images."""
    labels = np.repeat(np.arange(len(classes)), per_class)
    images = np.zeros((len(labels), 8, 8, 1), np.uint8)
    return Dataset(name="made", x_train=images, y_train=labels, x_test=images, y_test=labels, classes=classes)


def plan(data: Dataset, conditions=("wrong:0.5",), models=("lenet",), repeats=3) -> Plan:
    """Return the plan of a grid on a made data set."""
    named = plan_grid("digits", models, conditions, recipe=RECIPES["standard"], repeats=repeats, precision="fp32")
    cells = tuple(type(cell).from_json(cell.to_json() | {"dataset": data.name}) for cell in named.cells)
    return Plan(data.name, data.fingerprint, cells)


def outcome(cell, data: Dataset, wrong: int = 0) -> Outcome:
    """Return an outcome that takes the first `wrong` images of each class for the next class."""
    k, per_class = len(data.classes), len(data.y_test) // len(data.classes)
    last = data.y_test.copy().reshape(k, per_class)
    last[:, :wrong] = (last[:, :wrong] + 1) % k
    last = last.ravel().astype(np.uint8)
    accuracy = 1 - wrong / per_class
    curves = {name: np.full(2, accuracy, np.float32) for name in CURVES}
    manifest = {
        "transitions": np.diag(np.bincount(data.y_train)).tolist(),
        "histogram_before": np.bincount(data.y_train).tolist(),
        "images_changed": 0,
        "steps": [],
    }
    run = {"seconds": 2.0, "device": "none", "torch": "none", "dqsuite": "none"}
    return Outcome(cell, data.fingerprint, curves, last, last, manifest, "epochs", run)


def fill(store: Store, data: Dataset, wanted: Plan, wrong=lambda cell: 0) -> None:
    """Store an outcome for every cell of a plan, and the card."""
    store.put_if_absent(CARDS, data.fingerprint, Card.of(data).to_bytes())
    for cell in wanted.cells:
        store.put_if_absent(OUTCOMES, wanted.key(cell), outcome(cell, data, wrong(cell)).to_bytes())


def studies(store, say):
    """Return every study that a store holds."""
    reader = Reader(store, say)
    return studies_of(reader, reader.everything())
