from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from dqsuite import datasets
from dqsuite.claims import runner as benches
from dqsuite.claims.claim import Claim
from dqsuite.claims.requirements import cells_of
from dqsuite.claims.runner import Runner
from dqsuite.claims.scales import SCALES, Scale
from dqsuite.claims.source import Setup
from dqsuite.core.errors import DqError
from dqsuite.engines.interface import follow, in_batches
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.sources.lie3.claims import noise_hurts_more
from dqsuite.statistics.verdict import Status
from dqsuite.training import train

TINY = Setup("digits", "lenet", RECIPES["standard"].with_settings(epochs=1), volume="first:300", repeats=2)
FIRST, SECOND = ({"model": "lenet", "level": level} for level in ("0.1", "0.2"))


class Clock:
    """A second for each cell that is begun."""

    now = 0.0

    def time(self):
        return self.now

    def sleep(self, seconds):
        pytest.fail("there is nobody to wait for")


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    clock.trained = []

    def timed(cell, *rest):
        clock.now += 1
        clock.trained.append(cell)
        return train(cell, *rest)

    monkeypatch.setattr(benches, "train", timed)
    for module in ("dqsuite.engines.pool", "dqsuite.engines.worker", "dqsuite.claims.runner"):
        monkeypatch.setattr(f"{module}.time", clock)
    with SCALES.temporary("full", Scale({("cifar10", "lenet"): TINY})):
        yield clock


def runner(folder, deadline=inf, cases=((noise_hurts_more, FIRST), (noise_hurts_more, SECOND))):
    return Runner(Store(folder), "full", "cpu", "fp32", pytest.fail, cases, deadline)


def store_half_of_the_second(folder):
    cells = tuple(c for c in cells_of(noise_hurts_more, SECOND, "full", "fp32") if "shuffle" in c.corruption)
    plan = Plan("digits", datasets.identify("digits").fingerprint, cells)
    follow(Processes(Worker(Store(folder), train, "cpu"), 1), in_batches(plan), lambda event: None)


def test_a_case_is_trained_and_judged_and_nothing_else_without_a_budget(tmp_path, clock):
    here = runner(tmp_path)
    assert here.judge(noise_hurts_more, FIRST).verdict.n == 2
    assert clock.trained == cells_of(noise_hurts_more, FIRST, "full", "fp32")
    assert here.judge(noise_hurts_more, FIRST).verdict.n == 2
    assert len(clock.trained) == 4


def test_a_budget_goes_to_the_case_that_lacks_least_and_the_next_night_goes_on(tmp_path, clock):
    store_half_of_the_second(tmp_path)
    night = runner(tmp_path, deadline=2.0)
    spent = night.judge(noise_hurts_more, FIRST).verdict
    assert (spent.status, spent.note) == (Status.NOT_MEASURED, "the time budget is spent")
    assert {cell.corruption for cell in clock.trained} == {"first:300+reduce:0.2"}
    assert night.judge(noise_hurts_more, SECOND).verdict.n == 2
    clock.now = 0.0
    assert runner(tmp_path, deadline=4.0).judge(noise_hurts_more, FIRST).verdict.n == 2
    assert len(clock.trained) == len(set(clock.trained)) == 2 + 4


def test_what_is_stored_is_judged_after_the_deadline(tmp_path, clock):
    runner(tmp_path).judge(noise_hurts_more, FIRST)
    assert runner(tmp_path, deadline=-1.0).judge(noise_hurts_more, FIRST).verdict.n == 2


def test_a_store_that_others_fill_is_seen_again(tmp_path, clock):
    here = runner(tmp_path)
    here.judge(noise_hurts_more, FIRST)
    runner(tmp_path).judge(noise_hurts_more, SECOND)
    trained = len(clock.trained)
    assert here.judge(noise_hurts_more, SECOND).verdict.n == 2
    assert len(clock.trained) == trained


def test_a_broken_judge_a_scale_without_place_and_a_missing_data_set_harm_no_other_case(tmp_path, clock, monkeypatch):
    def absent(text):
        raise DqError("there is no network", "wait")

    def broken(measured):
        raise ZeroDivisionError

    cases = [(Claim("lie9-broken", "a defect", "never", [{}], broken), {}), (noise_hurts_more, FIRST)]
    assert runner(tmp_path, 99.0, cases).judge(noise_hurts_more, FIRST).verdict.n == 2
    with pytest.raises(ZeroDivisionError):
        runner(tmp_path, 99.0, cases).judge(*cases[0])
    elsewhere = Claim("lie9-elsewhere", "no place", "never", [{}], lambda measured: measured.at("resnet18"))
    mistaken = Claim("lie9-typo", "a typo", "never", [{}], lambda measured: measured.at("lenet", "shufle:0.1"))
    others = [(elsewhere, {}), (mistaken, {}), (noise_hurts_more, FIRST)]
    assert runner(tmp_path, 99.0, others).judge(noise_hurts_more, FIRST).verdict.n == 2
    monkeypatch.setattr(datasets, "identify", absent)
    verdict = runner(tmp_path).judge(noise_hurts_more, SECOND).verdict
    assert (verdict.status, verdict.note) == (Status.NOT_MEASURED, "there is no network; wait")


def test_a_condition_that_does_not_exist_is_an_error_in_an_empty_store_too(tmp_path, clock):
    mistaken = Claim("lie9-typo", "a typo", "never", [{}], lambda measured: measured.at("lenet", "shufle:0.1"))
    with pytest.raises(DqError, match="unknown corruption 'shufle'"):
        runner(tmp_path).judge(mistaken, {})


def test_a_cell_that_cannot_be_trained_is_an_error(tmp_path, clock, monkeypatch):
    def refuse(*_):
        raise DqError("this cell cannot be trained")

    monkeypatch.setattr(benches, "train", refuse)
    with pytest.raises(DqError, match="cannot be trained"):
        runner(tmp_path).judge(noise_hurts_more, FIRST)
    assert list(Store(tmp_path).list(OUTCOMES)) == []


def test_what_a_session_lacks_is_known_in_an_empty_store_and_nothing_once_it_is_there(tmp_path, clock):
    here = runner(tmp_path)
    assert sum(len(batch.cells) for batch in here.lacking()) == 8
    here.judge(noise_hurts_more, FIRST)
    assert {cell.corruption for batch in runner(tmp_path).lacking() for cell in batch.cells} == {
        cell.corruption for cell in cells_of(noise_hurts_more, SECOND, "full", "fp32")
    }


def on_a_cluster(monkeypatch, folder, **settings):
    """Return a runner whose cluster is this process."""
    monkeypatch.setattr(benches, "engine_named", lambda name, worker, address: Processes(worker, 1))
    return replace(runner(folder), engine="ray", **settings)


def test_a_cluster_is_handed_the_whole_session_once(tmp_path, clock, monkeypatch):
    here = on_a_cluster(monkeypatch, tmp_path)
    assert here.judge(noise_hurts_more, FIRST).verdict.n == 2
    assert clock.trained[:4] == cells_of(noise_hurts_more, FIRST, "full", "fp32")
    assert len(clock.trained) == 8
    assert here.judge(noise_hurts_more, SECOND).verdict.n == 2
    assert len(clock.trained) == 8


def test_what_a_cluster_cannot_train_fails_those_who_need_it_and_is_tried_once(tmp_path, clock, monkeypatch):
    tried = []

    def refuse(cell, *rest):
        if "shuffle:0.1" not in cell.corruption:
            return train(cell, *rest)
        tried.append(cell)
        raise DqError("this cell cannot be trained")

    monkeypatch.setattr(benches, "train", refuse)
    here = on_a_cluster(monkeypatch, tmp_path)
    for _ in range(2):
        with pytest.raises(DqError, match="cannot be trained"):
            here.judge(noise_hurts_more, FIRST)
    assert here.judge(noise_hurts_more, SECOND).verdict.n == 2
    assert len(tried) == len(set(tried)) == 2
