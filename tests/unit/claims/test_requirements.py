from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fabricated import dataset, fill, outcome

from dqsuite.claims.claim import Claim
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.requirements import NotApplicable, NotMeasured, cells_of
from dqsuite.claims.scales import SCALES, Scale
from dqsuite.core.errors import DqError
from dqsuite.datasets import Dataset
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.results.reader import Reader
from dqsuite.sources.lie3.claims import noise_hurts_more
from dqsuite.statistics.criteria import below
from dqsuite.statistics.estimate import estimate
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


def judge(store, scale="full", say=pytest.fail, precision="any"):
    return Evaluator(Reader(store, say, precision), scale).judge(noise_hurts_more, CASE)


def measured(store):
    reader = Reader(store, pytest.fail)
    return StoredMeasurements(reader, "full", reader.choose(CELLS))


def test_the_cells_of_a_case_are_those_that_its_judge_asks_for():
    assert [(cell.corruption, cell.repeat) for cell in CELLS] == [
        (condition, repeat) for condition in ("shuffle:0.1", "reduce:0.1") for repeat in range(5)
    ]
    assert {cell.recipe.name for cell in CELLS} == {"lie-lenet"}


def test_a_case_takes_the_repeats_that_all_its_setups_have(store):
    setups = {("cifar10", name): SCALES["full"].setups["cifar10", name] for name in ("lenet", "resnet18")}
    setups["cifar10", "resnet18"] = dataclasses.replace(setups["cifar10", "resnet18"], repeats=3)

    def judge(measured):
        one, other = measured.at("lenet"), measured.at("resnet18")
        return below(estimate(100 * (one.right() - other.right())))

    claim = Claim("lie9-models", "LeNet is worse", "below", [{}], judge)
    with SCALES.temporary("full", Scale(setups)):
        cells = cells_of(claim, {}, "full", "fp32")
        assert [(cell.model, cell.repeat) for cell in cells] == [
            (model, repeat) for model in ("lenet", "resnet18") for repeat in range(3)
        ]
        put(store, cifar10(), [*cells, *CELLS], lambda cell: 4 + cell.repeat % 2 + 6 * (cell.model == "lenet"))
        evaluator = Evaluator(Reader(store, pytest.fail), "full")
        judged = evaluator.judge(claim, {})
        assert judged.verdict.n == 3
        assert evaluator.judge(noise_hurts_more, CASE).verdict.n == 5
        assert claim.judge(judged.measurements).n == 3  # as who asks for its power judges it again


def test_a_case_that_a_scale_leaves_out_is_not_applicable(store):
    with pytest.raises(NotApplicable):
        cells_of(noise_hurts_more, CASE, "quick", "fp32")
    assert judge(store, "quick").verdict.status is Status.NOT_APPLICABLE


def test_a_case_is_judged_by_what_is_stored(store):
    put(store, cifar10(), CELLS, lambda cell: 2 + cell.repeat % 2 + 6 * ("shuffle" in cell.corruption))
    verdict = judge(store).verdict
    assert verdict.status is Status.HOLDS
    assert (verdict.effect, verdict.n) == (pytest.approx(-30), 5)


def test_a_missing_repeat_is_not_measured(store):
    put(store, cifar10(), CELLS[:-1])
    assert judge(store).verdict.status is Status.NOT_MEASURED
    with pytest.raises(NotMeasured, match="4 of 5 repeats are stored"):
        measured(store).at("lenet", "reduce:0.1")


def test_an_empty_store_is_not_measured(store):
    assert judge(store).verdict.status is Status.NOT_MEASURED


def test_an_outcome_that_cannot_be_of_its_data_set_is_left_out(store):
    data, said = cifar10(), []
    put(store, data, CELLS[1:])
    few = np.zeros(3, np.uint8)
    other = dataclasses.replace(outcome(CELLS[0], data), last=few, best=few)
    store.put_if_absent(OUTCOMES, other.key, other.to_bytes())
    verdict = judge(store, say=said.append).verdict
    assert verdict.status is Status.NOT_MEASURED
    assert said == ["1 outcomes do not fit the data set cifar10 and are left out"]


def test_two_variants_of_a_data_set_are_never_mixed(store):
    put(store, cifar10(per_class=20), CELLS[:6])
    put(store, cifar10(per_class=30), CELLS[4:])
    assert judge(store).verdict.status is Status.NOT_MEASURED
    put(store, cifar10(per_class=30), CELLS)
    predictions = measured(store).at("lenet", "shuffle:0.1")
    assert predictions.predicted.shape == (5, 300)


def test_of_two_variants_that_suffice_the_one_with_more_outcomes_is_taken(store):
    put(store, cifar10(per_class=30), CELLS, lambda cell: 2)
    more = cifar10(per_class=20)
    put(store, more, [*CELLS, dataclasses.replace(CELLS[0], repeat=9)], lambda cell: 2)
    assert judge(store).data == f"cifar10@{more.fingerprint}"


def test_outcomes_in_any_precision_are_judged_and_none_are_mixed(store):
    bf16 = [dataclasses.replace(cell, precision="bf16") for cell in CELLS]
    put(store, cifar10(), [*bf16[:5], *CELLS[5:]])
    assert judge(store).verdict.status is Status.NOT_MEASURED
    put(store, cifar10(), bf16)
    assert (judge(store).precision, judge(store).verdict.n) == ("bf16", 5)
    assert judge(store, precision="fp32").verdict.status is Status.NOT_MEASURED
    put(store, cifar10(), CELLS)
    assert judge(store).precision == "fp32"
    assert judge(store, precision="bf16").precision == "bf16"


def test_an_unknown_precision_is_one_line(store):
    with pytest.raises(DqError, match="unknown precision 'fp16'; use any, fp32 or bf16"):
        Reader(store, pytest.fail, "fp16")
