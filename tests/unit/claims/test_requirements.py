from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fabricated import dataset, fill, outcome

from dqsuite.claims.evaluate import judge_case
from dqsuite.claims.requirements import NotApplicable, NotMeasured, StoreLab, cells_of
from dqsuite.datasets import Dataset
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.sources.lie3.claims import noise_hurts_more
from dqsuite.statistics.verdict import Status

CASE = {"model": "lenet", "level": "0.1"}
CELLS = cells_of(noise_hurts_more, CASE, "full", "fp32")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def cifar10(per_class=20):
    return Dataset(**{**vars(dataset(CLASSES["cifar10"], per_class)), "name": "cifar10", "fingerprint": ""})


def put(store, data, cells, wrong=lambda cell: 0):
    fill(store, data, Plan("cifar10", data.fingerprint, tuple(cells)), wrong)


def measured(store, scale="full"):
    return StoreLab(store, scale, "fp32", pytest.fail)


def test_the_cells_of_a_case_are_those_that_its_judge_asks_for():
    assert [(cell.corruption, cell.repeat) for cell in CELLS] == [
        (condition, repeat) for condition in ("shuffle:0.1", "reduce:0.1") for repeat in range(5)
    ]
    assert {cell.recipe.name for cell in CELLS} == {"lie-lenet"}


def test_a_case_that_a_scale_leaves_out_is_not_applicable(store):
    with pytest.raises(NotApplicable):
        cells_of(noise_hurts_more, CASE, "quick", "fp32")
    assert judge_case(noise_hurts_more, CASE, measured(store, "quick")).status is Status.NOT_APPLICABLE


def test_a_case_is_judged_by_what_is_stored(store):
    put(store, cifar10(), CELLS, lambda cell: 2 + cell.repeat % 2 + 6 * ("shuffle" in cell.corruption))
    verdict = judge_case(noise_hurts_more, CASE, measured(store))
    assert verdict.status is Status.HOLDS
    assert (verdict.effect, verdict.n) == (pytest.approx(-30), 5)


def test_a_missing_repeat_is_not_measured(store):
    put(store, cifar10(), CELLS[:-1])
    assert judge_case(noise_hurts_more, CASE, measured(store)).status is Status.NOT_MEASURED
    with pytest.raises(NotMeasured, match="4 of 5 repeats are stored"):
        measured(store).at("lenet", "reduce:0.1")


def test_an_empty_store_is_not_measured(store):
    assert judge_case(noise_hurts_more, CASE, measured(store)).status is Status.NOT_MEASURED


def test_an_outcome_that_cannot_be_of_its_data_set_is_left_out(store):
    data, said = cifar10(), []
    put(store, data, CELLS[1:])
    few = np.zeros(3, np.uint8)
    other = dataclasses.replace(outcome(CELLS[0], data), last=few, best=few)
    store.put_if_absent(OUTCOMES, other.key, other.to_bytes())
    verdict = judge_case(noise_hurts_more, CASE, StoreLab(store, "full", "fp32", said.append))
    assert verdict.status is Status.NOT_MEASURED
    assert said == ["1 outcomes do not fit the data set cifar10 and are left out"]


def test_two_variants_of_a_data_set_are_never_mixed(store):
    put(store, cifar10(per_class=20), CELLS[:6])
    put(store, cifar10(per_class=30), CELLS[4:])
    assert judge_case(noise_hurts_more, CASE, measured(store)).status is Status.NOT_MEASURED
    put(store, cifar10(per_class=30), CELLS)
    predictions = measured(store).at("lenet", "shuffle:0.1")
    assert predictions.predicted.shape == (5, 300)


def test_a_lab_keeps_to_the_variant_of_a_data_set_that_it_settled_on(store):
    put(store, cifar10(), CELLS, lambda cell: 2)
    other = cifar10(per_class=30)
    put(store, other, CELLS[:-1], lambda cell: 2)
    chosen = measured(store)
    assert judge_case(noise_hurts_more, CASE, chosen).n == 5
    chosen.settle_on("cifar10", other.fingerprint)
    assert judge_case(noise_hurts_more, CASE, chosen).status is Status.NOT_MEASURED
