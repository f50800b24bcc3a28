"""The way from a data set to an outlook, with cells that are really trained."""

from __future__ import annotations

import numpy as np
import pytest
from caches import cache_at

from dqsuite import datasets, training
from dqsuite.advice.audit import Audit
from dqsuite.advice.decision import Prices, decide
from dqsuite.advice.folds import fold_plan, out_of_fold
from dqsuite.advice.repairs import Repairs, effort
from dqsuite.core.errors import DqError
from dqsuite.corruptions import damage_labels, parse
from dqsuite.datasets import Dataset
from dqsuite.engines.interface import follow
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker, missing_batches
from dqsuite.experiment.recipes import recipe_named
from dqsuite.experiment.store import Store


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DQSUITE_CACHE", cache_at(tmp_path / "cache"))


def part(records, rate=0.3):
    whole = datasets.load("planted;classes=4;fragile=0;train=500;test=100;size=8;difficulty=0")
    true = whole.y_train[:records]
    noise = np.random.SeedSequence(0)
    given = damage_labels(parse(f"wrong:{rate}"), true, whole.classes, noise).labels
    shown = slice(None, 100)
    return true, Dataset(
        name="part",
        x_train=whole.x_train[:records],
        y_train=given,
        x_test=whole.x_test[shown],
        y_test=whole.y_test[shown],
        classes=whole.classes,
    )


def repairs_of(dataset, tmp_path, epochs=20):
    worker = Worker(Store(tmp_path / "store"), training.train, "cpu")
    trained = []

    def train(plan):
        batches = missing_batches(worker, plan, None)
        trained.append(sum(len(batch.cells) for batch in batches))
        follow(Processes(worker, 1), batches, lambda event: None)

    recipe = recipe_named(f"standard;epochs={epochs}")
    return Repairs(dataset, "lenet", recipe, "fp32", worker.store, train, pytest.fail, repeats=2), trained


def test_from_a_data_set_to_a_decision(tmp_path):
    true, dataset = part(500)
    repairs, trained = repairs_of(dataset, tmp_path)
    audit = Audit(np.arange(100), dataset.y_train[:100], true[:100], 500)
    labels = repairs.labels(audit)
    assert labels.rate.low < 0.3 < labels.rate.high
    wrong = dataset.y_train != true
    assert wrong[labels.order[:100]].mean() > 0.45  # of 500 records, 30% are wrong
    outlook = repairs.outlook(labels)
    found = decide(outlook, Prices(250, 1, 1), repairs.recipe)
    assert found.clean.gain.low >= 0
    assert trained == [5, 6, 4, 4]
    assert sum(trained) == effort(500, 100, 2)[0]
    repairs.outlook(repairs.labels(audit))
    assert trained == [5, 6, 4, 4, 0, 0, 0, 0]


def test_probabilities_of_an_evidence_file_are_missed_in_a_line(tmp_path):
    _, dataset = part(60)
    plan = fold_plan(dataset, "lenet", recipe_named("quick"), "fp32")
    with pytest.raises(DqError, match="are not in the store"):
        out_of_fold(Store(tmp_path), plan, dataset)


def test_fewer_records_than_folds_are_too_few():
    _, dataset = part(4, rate=0)
    with pytest.raises(DqError, match="too few for 5 folds"):
        fold_plan(dataset, "lenet", recipe_named("quick"), "fp32")


@pytest.mark.parametrize(
    ("records", "images", "count", "weight"),
    [(2000, 4000, 40, 36.5), (2000, 1000, 40, 4 + 5 * (2.5 + 4 * 0.25)), (2000, 99, 20, 16.5)],
)
def test_the_effort_is_told_before(records, images, count, weight):
    assert effort(records, images) == (count, pytest.approx(weight))
