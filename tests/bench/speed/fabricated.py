"""Stores without training, to time what reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from dqsuite.claims import CLAIMS
from dqsuite.claims.requirements import NotApplicable, cells_of
from dqsuite.core.grammar import parse_term
from dqsuite.datasets import load
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import CURVES, Outcome
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.runtime import Costs
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from speed.data import SHAPES

_EPOCHS = 100
_OTHERWISE = 0.05  # fraction of them that it predicts right at its best epoch, whatever it does at its last
_PROVENANCE = {
    "seconds": 1.0,
    "device": "cpu, two cores of a kind",
    "threads": 1,
    "convolutions": "dqsuite 0123456789abcdef, c++ 14.2.0",
    "torch": "2.14.1",
    "numpy": "2.4.6",
    "python": "3.11.7",
    "dqsuite": "0.1.0",
    "finished": "2026-11-25T19:54:07+00:00",
}
_WRONG = 0.2  # fraction of the test images that a fabricated outcome has wrong


def fill_names(store: Store, names: Sequence[str]) -> None:
    """Store empty outcomes: enough for who asks only what there is."""
    for shelf in {name[:2] for name in names}:
        (store.root / OUTCOMES / shelf).mkdir(parents=True, exist_ok=True)
    for name in names:
        (store.root / OUTCOMES / name[:2] / name).touch()


def fill_claims(store: Store, precision: str) -> int:
    """Store an outcome for every cell that a claim needs at full scale, and return how many."""
    cells = claims_cells(precision)
    cards = {cell.dataset: _card(cell.dataset) for cell in cells}
    for card in cards.values():
        store.put_if_absent(CARDS, card.fingerprint, card.to_bytes())
    names = [cell.key(cards[cell.dataset].fingerprint) for cell in cells]
    fill_names(store, names)
    for cell, name in zip(cells, names, strict=True):
        data = _outcome(cell, cards[cell.dataset]).to_bytes()
        (store.root / OUTCOMES / name[:2] / name).write_bytes(data)
    return len(cells)


def fill_load(store: Store, count: int, models: Sequence[str], levels: Sequence[str]) -> int:
    """Store that many outcomes: those of all claims at full scale, and the rest of one grid on the digits.

    Returns
    -------
    int
        The repeats of each condition of the grid.
    """
    each = len(models) * (len(levels) + 1)
    repeats = (count - fill_claims(store, "fp32")) // each
    conditions = [f"shuffle:{level}" for level in levels]
    plan = plan_grid("digits", models, conditions, recipe=RECIPES["lie-lenet"], repeats=repeats, precision="fp32")
    card = Card.of(load("digits"))
    store.put_if_absent(CARDS, card.fingerprint, card.to_bytes())
    names = [plan.key(cell) for cell in plan.cells]
    fill_names(store, names)
    for cell, name in zip(plan.cells, names, strict=True):
        data = _outcome(cell, card, epochs=10).to_bytes()
        (store.root / OUTCOMES / name[:2] / name).write_bytes(data)
    costs = Costs(store, "cpu")
    for cell in plan.cells[: each : len(levels) + 1]:
        costs.note(_outcome(cell, card, epochs=10))
    return repeats


def claims_cells(precision: str) -> list[Cell]:
    """Return the cells of all claims at full scale, each once."""
    return list(dict.fromkeys(_needed(precision)))


def _needed(precision: str) -> Iterator[Cell]:
    for claim in CLAIMS.values():
        for case in claim.cases:
            try:
                yield from cells_of(claim, case, "full", precision)
            except NotApplicable:
                continue


def _card(dataset: str) -> Card:
    term = parse_term(dataset)
    shape, classes = SHAPES[term.name], CLASSES[term.name]
    size = int(term.get("size", str(shape.size)))
    return Card(
        name=dataset,
        fingerprint=hashlib.sha256(dataset.encode()).hexdigest()[:16],
        classes=classes,
        y_test=np.arange(shape.test) % len(classes),
        n_train=shape.train,
        train_histogram=(shape.train // len(classes),) * len(classes),
        image_shape=(size, size, shape.channels),
    )


def _outcome(cell: Cell, card: Card, epochs: int = _EPOCHS) -> Outcome:
    digest = int(cell.variable()[:8], 16)
    rng = np.random.default_rng((cell.repeat, digest))
    count, k = len(card.y_test), len(card.classes)
    wrong = rng.random(count) < _WRONG
    last = ((card.y_test + wrong * rng.integers(1, k, count)) % k).astype(np.uint8)
    curves = {name: np.full(epochs, 1 - _WRONG, np.float32) for name in CURVES}
    manifest = {
        "transitions": np.diag(card.train_histogram).tolist(),
        "histogram_before": list(card.train_histogram),
        "images_changed": 0,
        "steps": [],
    }
    best = np.where(rng.random(count) < _OTHERWISE, card.y_test, last).astype(np.uint8)
    return Outcome(cell, card.fingerprint, curves, last, best, manifest, "epochs", _PROVENANCE)
