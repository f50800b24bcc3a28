"""A store of the published findings' own cells, with plausible outcomes: for tests of the report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from dqsuite.claims import CLAIMS
from dqsuite.claims.requirements import NotApplicable, cells_of
from dqsuite.core.grammar import parse_chain, parse_term
from dqsuite.corruptions import Chain
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import versions
from dqsuite.experiment.store import CARDS, OUTCOMES, Store

EPOCHS = 20
_SHAPES = {"mnist": (28, 28, 1), "fashion_mnist": (28, 28, 1), "cifar10": (32, 32, 3), "cifar100": (32, 32, 3)}
_ERROR = {"mnist": 0.01, "fashion_mnist": 0.08, "cifar10": 0.15, "cifar100": 0.55}
_HARD = (0.7, 0.5, 1.4, 2.1, 1.1, 1.7, 0.6, 0.8, 0.6, 0.7)  # the animals of CIFAR-10 are the hard classes
_DRAWN_BY_FIGURES_ALONE = (("poison_cnn", "wrong:0.7"), ("poison_cnn", "biased:0.5"), ("lenet5", "contrast:4"))


def cells_of_claims(scale: str = "full", precision: str = "fp32", ids: Iterable[str] = ()) -> list[Cell]:
    """Return the cells that the claims need, or the cases of some that decide them."""
    found = {}
    for identity in list(ids) or list(CLAIMS):
        for case in CLAIMS[identity].cases:
            if ids and not CLAIMS[identity].decides(case):
                continue
            try:
                found |= dict.fromkeys(cells_of(CLAIMS[identity], case, scale, precision))
            except NotApplicable:
                continue
    return list(found)


def with_more(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Yield the cells, and besides them conditions that no claim but a figure asks for."""
    yield from cells
    for cell in cells:
        for model, condition in _DRAWN_BY_FIGURES_ALONE:
            if (cell.model, cell.corruption) == (model, "clean"):
                yield replace(cell, condition=Chain.of(condition), versions=versions(Chain.of(condition), model))


@cache
def card(name: str, per_class: int = 100) -> Card:
    """Return the card of a published data set with a smaller test set."""
    published = parse_term(name).name
    classes = CLASSES[published]
    labels = np.repeat(np.arange(len(classes)), per_class)
    histogram = (500,) * len(classes)
    return Card(
        name=name,
        fingerprint=hashlib.sha256(f"{name} {per_class}".encode()).hexdigest()[:16],
        classes=classes,
        y_test=labels,
        n_train=sum(histogram),
        train_histogram=histogram,
        image_shape=_SHAPES[published],
    )


def fill(store: Store, cells: Iterable[Cell], per_class: int = 100) -> int:
    """Store an outcome for every cell, and the cards; return their number."""
    count = 0
    for cell in cells:
        found = card(cell.dataset, per_class if cell.dataset != "cifar100" else max(2, per_class // 10))
        store.put_if_absent(CARDS, found.fingerprint, found.to_bytes())
        outcome = make(cell, found)
        count += store.put_if_absent(OUTCOMES, outcome.key, outcome.to_bytes())
    return count


def make(cell: Cell, data: Card) -> Outcome:
    """Return an outcome whose errors grow with the damage, and more so in the hard classes."""
    label, size = _damage(cell.corruption)
    harm = 0.4 * label + 0.12 * size
    last, best = (_predicted(cell, data, harm * share) for share in (1.0, 0.6))
    rising = 1 - np.exp(-np.arange(1, EPOCHS + 1) / 3)
    top, end = (float((predicted == data.y_test).mean()) for predicted in (best, last))
    accuracy = top * rising - (top * rising[-1] - end) * np.linspace(0, 1, EPOCHS) ** 2
    curves = {
        "train_loss": 2 * (1 - rising),
        "train_accuracy": rising,
        "test_accuracy": accuracy,
        "learning_rate": np.full(EPOCHS, 0.001),
    }
    run = {"seconds": 30.0, "device": "made up", "torch": "2.0", "dqsuite": "0", "finished": "2026-01-01T00:00:00Z"}
    arrays = {name: np.asarray(values, np.float32) for name, values in curves.items()}
    return Outcome(cell, data.fingerprint, arrays, last, best, _manifest(data, label, size), "epochs", run)


def _damage(corruption: str) -> tuple[float, float]:
    """Return how many labels are wrong and how many records are gone, as fractions."""
    label = size = 0.0
    for step in parse_chain(corruption) if corruption != "clean" else ():
        amount = float(step.value)
        if step.name in ("shuffle", "wrong", "biased", "to_class"):
            label = amount
        elif step.name == "reduce":
            size = amount
        elif step.name == "first":
            size = 0.98
        else:
            size = 0.3
    return label, size


def _predicted(cell: Cell, data: Card, harm: float) -> np.ndarray:
    k = len(data.classes)
    fixed = np.random.default_rng([k, len(data.y_test)])
    difficulty, taken_for = fixed.random(len(data.y_test)), fixed.integers(1, min(k, 4), len(data.y_test))
    hard = np.resize(_HARD, k)[data.y_test]
    worse = {"lenet": 2.0, "lenet5": 1.0, "custom": 0.8}.get(cell.model, 1.0)
    own = np.random.default_rng([cell.repeat, len(cell.model), int(1000 * harm)])
    limit = np.clip(worse * _ERROR[parse_term(cell.dataset).name] * hard + harm * hard, 0, 0.95)
    wrong = difficulty + 0.03 * own.standard_normal(len(difficulty)) < limit
    return np.where(wrong, (data.y_test + taken_for) % k, data.y_test).astype(np.uint8)


def _manifest(data: Card, label: float, size: float) -> dict[str, object]:
    k = len(data.classes)
    kept = np.round(np.array(data.train_histogram) * (1 - size)).astype(int)
    moved = np.round(kept * label / k).astype(int)
    transitions = np.tile(moved[:, None], (1, k))
    np.fill_diagonal(transitions, kept - moved * (k - 1))
    return {
        "transitions": transitions.tolist(),
        "histogram_before": list(data.train_histogram),
        "images_changed": 0,
        "steps": [],
    }
