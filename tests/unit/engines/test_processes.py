from __future__ import annotations

import dataclasses
import time
from collections import Counter
from pathlib import Path

import pytest
from trainings import break_down, die_always, die_once, note, refuse, trained

from dqsuite.core.errors import DqError
from dqsuite.engines import processes
from dqsuite.engines.worker import Epoch, Finished, Job, Started
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import CARDS, CONFIDENCES, OUTCOMES, Store
from dqsuite.training import train

pytestmark = pytest.mark.thorough

RECIPE = RECIPES["standard"].with_settings(epochs=1)


def plan(conditions=("shuffle:0.1", "reduce:0.1"), repeats=3):
    return plan_grid("digits", ["lenet"], conditions, recipe=RECIPE, repeats=repeats, precision="fp32")


@pytest.fixture
def job(tmp_path):
    def make(function=note, **grid):
        return Job(plan(**grid), Store(tmp_path / "store"), function, str(tmp_path / "log"))

    return make


@pytest.mark.parametrize("workers", [1, 3])
def test_every_cell_is_trained_exactly_once(job, workers):
    wanted, events = job(), []
    processes.run(wanted, workers, events.append)
    assert trained(wanted) == Counter(map(str, wanted.plan.cells))
    for kind in (Started, Epoch, Finished):
        assert {event.cell for event in events if isinstance(event, kind)} == set(wanted.plan.cells)
    assert not wanted.untrained()
    assert list(wanted.store.list(CARDS)) == [wanted.plan.fingerprint]
    assert sorted(wanted.store.list(CONFIDENCES)) == sorted(wanted.store.list(OUTCOMES))
    assert list(wanted.store.scratch().iterdir()) == []


def test_what_is_stored_is_not_trained_again(job):
    processes.run(job(repeats=2), 1, lambda event: None)
    wanted = job(repeats=3)
    processes.run(wanted, 2, lambda event: None)
    assert set(trained(wanted).values()) == {1}
    assert sum(trained(wanted).values()) == len(wanted.plan.cells)


def test_no_cell_is_begun_after_the_deadline(job):
    wanted = dataclasses.replace(job(), deadline=time.time() - 1)
    processes.run(wanted, 1, pytest.fail)
    assert wanted.untrained() == list(wanted.plan.cells)
    soon = dataclasses.replace(job(), deadline=time.time() + 0.5)
    processes.run(soon, 1, lambda event: time.sleep(0.2))
    assert 0 < len(soon.untrained()) < len(soon.plan.cells)


def test_a_killed_workers_cell_is_trained_by_the_others(job):
    wanted = job(die_once)
    processes.run(wanted, 2, lambda event: None)
    assert not wanted.untrained()
    assert Path(wanted.device + ".died").exists()


def test_a_cell_that_kills_every_worker_is_named_and_the_others_stay(job):
    wanted = job(die_always, repeats=2)
    with pytest.raises(DqError, match=r"workers died and left \d of 6 cells untrained, one in digits"):
        processes.run(wanted, 2, lambda event: None)
    assert {cell.repeat for cell in wanted.untrained()} == {1}
    wanted = job(note, repeats=2)
    processes.run(wanted, 1, lambda event: None)
    assert not wanted.untrained()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cell_that_cannot_be_trained_stops_the_run_with_its_line(job, workers):
    with pytest.raises(DqError, match="this cell cannot be trained; name another"):
        processes.run(job(refuse), workers, lambda event: None)


@pytest.mark.parametrize(("workers", "error"), [(1, ZeroDivisionError), (2, processes.WorkerError)])
def test_a_defect_keeps_its_traceback(job, workers, error):
    with pytest.raises(error, match="a defect"):
        processes.run(job(break_down), workers, lambda event: None)


def test_the_bits_do_not_depend_on_the_number_of_workers(tmp_path):
    stores = {}
    for workers in (1, 2):
        store = stores[workers] = Store(tmp_path / str(workers))
        processes.run(Job(plan(["shuffle:0.3"], repeats=1), store, train, "cpu"), workers, lambda event: None)
    names = sorted(stores[1].list(OUTCOMES))
    assert len(names) == 2
    for name in names:
        one, other = (Outcome.from_bytes(store.get(OUTCOMES, name)) for store in stores.values())
        assert one.same_measurement(other)
        assert stores[1].get(CONFIDENCES, name) == stores[2].get(CONFIDENCES, name)
