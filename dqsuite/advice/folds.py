"""Probabilities of the user's own model for records that it was not trained on.

Each record is left out by one fold of each repeat. The folds' models are measured on the training records and on the
test records at once: the one is what the labels are held against, the other says how often such a model errs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dqsuite import corruptions
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.corruptions import CLEAN
from dqsuite.datasets import Dataset
from dqsuite.datasets.by_content import content, keep_arrays
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.encoding import unpack
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import Recipe
from dqsuite.experiment.store import CONFIDENCES, Store

FOLDS = 5

Probabilities = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """What models said about records that they had not seen.

    Attributes
    ----------
    train : float (N, K)
        Of each training record, the mean over the repeats.
    test : float (M, K)
        Of each test record, the mean over the repeats of a fold drawn for each: as sure as the others are.
    """

    train: Probabilities
    test: Probabilities


def fold_plan(
    dataset: Dataset, model: str, recipe: Recipe, precision: str, *, folds: int = FOLDS, repeats: int = 1, seed: int = 0
) -> Plan:
    """Name the cells that leave each training record out once a repeat, on data that test on all of them.

    Raises
    ------
    DqError
        There are fewer records than folds.
    """
    n = len(dataset.y_train)
    if n < folds:
        raise DqError(f"{n} training records are too few for {folds} folds", "bring more records")
    both = dataset.arrays._replace(
        x_test=np.concatenate([dataset.x_train, dataset.x_test]),
        y_test=np.concatenate([dataset.y_train, dataset.y_test]),
    )
    path = keep_arrays(content(both), f"folds-{dataset.fingerprint}")
    parts = [f"fold:{part};of={folds}" for part in range(1, folds + 1)]
    plan = plan_grid(f"npz:{path}", [model], parts, recipe=recipe, repeats=repeats, precision=precision, seed=seed)
    return replace(plan, cells=tuple(cell for cell in plan.cells if cell.corruption != CLEAN))


def out_of_fold(store: Store, plan: Plan, dataset: Dataset) -> OutOfFold:
    """Return the probabilities that the cells of `fold_plan` left in the store, all of them trained.

    Raises
    ------
    DqError
        Some are not there: evidence from elsewhere has none.
    """
    n, total = len(dataset.y_train), len(dataset.y_train) + len(dataset.y_test)
    shape = total, len(dataset.classes)
    train, times = np.zeros((n, shape[1])), np.zeros(n)
    test: dict[int, list[Probabilities]] = defaultdict(list)
    for cell in plan.cells:
        found = _probabilities(store, plan, cell, shape)
        noise = seeds.streams(cell.repeat).noise
        kept = corruptions.damage_labels(cell.condition, dataset.y_train, dataset.classes, noise).kept
        held = np.setdiff1d(np.arange(n), kept)
        train[held] += found[:n][held]
        times[held] += 1
        test[cell.repeat].append(found[n:])
    return OutOfFold(_normal(train / times[:, None]), _normal(np.sum(list(map(_drawn, test.values())), axis=0)))


def _drawn(folds: list[Probabilities]) -> Probabilities:
    """Return each record's probabilities by a fold of its own, drawn."""
    records = len(folds[0])
    drawn = np.random.default_rng(0).integers(len(folds), size=records)
    return np.stack(folds)[drawn, np.arange(records)]


def _normal(found: Probabilities) -> Probabilities:
    """Return rows that sum to 1: those of float16 do not quite."""
    return np.asarray(found / found.sum(1, keepdims=True))


def _probabilities(store: Store, plan: Plan, cell: Cell, shape: tuple[int, int]) -> Probabilities:
    key = plan.key(cell)
    try:
        found = unpack(store.get(CONFIDENCES, key))[1]["confidences"].astype(float)
    except (KeyError, ValueError):
        found = np.empty(0)
    if found.shape != shape or not np.isfinite(found).all():
        raise DqError(f"the probabilities of {cell} are not in the store {store.root}", "advise with an empty --store")
    return np.asarray(found)
