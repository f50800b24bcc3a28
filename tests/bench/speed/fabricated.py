"""Stores without training, to time what reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from dqsuite.claims import CLAIMS
from dqsuite.claims.requirements import NotApplicable, cells_of
from dqsuite.core.grammar import parse_term
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import CURVES, Outcome
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from speed.data import SHAPES

_EPOCHS = 100
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


def _outcome(cell: Cell, card: Card) -> Outcome:
    rng = np.random.default_rng(cell.repeat)
    count, k = len(card.y_test), len(card.classes)
    wrong = rng.random(count) < _WRONG
    last = ((card.y_test + wrong * rng.integers(1, k, count)) % k).astype(np.uint8)
    curves = {name: np.full(_EPOCHS, 1 - _WRONG, np.float32) for name in CURVES}
    manifest = {
        "transitions": np.diag(card.train_histogram).tolist(),
        "histogram_before": list(card.train_histogram),
        "images_changed": 0,
        "steps": [],
    }
    return Outcome(cell, card.fingerprint, curves, last, last, manifest, "epochs", {"seconds": 1.0})
