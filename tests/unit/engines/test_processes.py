from __future__ import annotations

import dataclasses
import time
from collections import Counter
from pathlib import Path

import pytest
from trainings import Job, break_down, die_always, die_once, ignore, note, refuse, refuse_reduced, slow, trained

from dqsuite.core.errors import DqError
from dqsuite.engines.interface import Epoch, Failed, Finished, Started, WorkerError, follow, in_batches
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker
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
        return Job(plan(**grid), Worker(Store(tmp_path / "store"), function, str(tmp_path / "log")))

    return make


def run(job, workers, report=ignore):
    follow(Processes(job.worker, workers), in_batches(job.plan), report)


def until(job, deadline):
    return dataclasses.replace(job, worker=dataclasses.replace(job.worker, deadline=deadline))


@pytest.mark.parametrize("workers", [1, 3])
def test_every_cell_is_trained_exactly_once(job, workers):
    wanted, events = job(), []
    run(wanted, workers, events.append)
    assert trained(wanted) == Counter(map(str, wanted.plan.cells))
    for kind in (Started, Epoch, Finished):
        assert {event.cell for event in events if isinstance(event, kind)} == set(wanted.plan.cells)
    assert not wanted.untrained()
    assert list(wanted.store.list(CARDS)) == [wanted.plan.fingerprint]
    assert sorted(wanted.store.list(CONFIDENCES)) == sorted(wanted.store.list(OUTCOMES))
    assert list(wanted.store.scratch().iterdir()) == []


def test_what_is_stored_is_not_trained_again(job):
    run(job(repeats=2), 1)
    wanted = job(repeats=3)
    run(wanted, 2)
    assert set(trained(wanted).values()) == {1}
    assert sum(trained(wanted).values()) == len(wanted.plan.cells)


def test_no_cell_is_begun_after_the_deadline(job):
    wanted = until(job(), time.time() - 1)
    run(wanted, 1, pytest.fail)
    assert wanted.untrained() == list(wanted.plan.cells)
    soon = until(job(), time.time() + 0.5)
    run(soon, 1, lambda event: time.sleep(0.2))
    assert 0 < len(soon.untrained()) < len(soon.plan.cells)


def test_a_killed_workers_cell_is_trained_by_the_others(job):
    wanted = job(die_once)
    run(wanted, 2)
    assert not wanted.untrained()
    assert Path(wanted.worker.device + ".died").exists()


def test_a_cell_that_kills_every_worker_is_named_and_the_others_stay(job):
    wanted = job(die_always, repeats=2)
    with pytest.raises(DqError, match=r"workers died and left \d of 6 cells untrained, one in digits"):
        run(wanted, 2)
    assert {cell.repeat for cell in wanted.untrained()} == {1}
    wanted = job(note, repeats=2)
    run(wanted, 1)
    assert not wanted.untrained()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cell_that_cannot_be_trained_stops_the_run_with_its_line(job, workers):
    with pytest.raises(DqError, match="this cell cannot be trained; name another"):
        run(job(refuse), workers)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("place", [Path.mkdir, lambda path: path.symlink_to(path)], ids=["a folder", "a loop"])
def test_a_lease_that_cannot_be_taken_is_one_line_and_harms_no_other_cell(job, workers, place):
    wanted = job(repeats=1)
    cell = wanted.plan.cells[0]
    place(wanted.store.scratch() / f"{wanted.plan.key(cell)}.lease")
    events = list(Processes(wanted.worker, workers).train(in_batches(wanted.plan)))
    (failed,) = (event for event in events if isinstance(event, Failed))
    assert isinstance(failed.error, DqError)
    assert f"{wanted.plan.key(cell)}.lease cannot be taken" in str(failed.error)
    assert wanted.untrained() == [cell]


@pytest.mark.parametrize("workers", [1, 2])
def test_who_reads_on_after_a_failure_is_told_once_of_each_and_the_others_are_trained(job, workers):
    wanted = job(refuse_reduced)
    events = list(Processes(wanted.worker, workers).train(in_batches(wanted.plan)))
    failed = [event.cell for event in events if isinstance(event, Failed)]
    assert len(failed) == len(set(failed))
    assert set(failed) == set(wanted.untrained()) == {c for c in wanted.plan.cells if "reduce" in c.corruption}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_damage_that_does_not_fit_is_refused_before_anything_is_trained(job, workers):
    wanted = job(conditions=["drop_class:0+drop_class:0,1,2,3,4,5,6,7,8"], repeats=1)
    with pytest.raises(DqError):
        run(wanted, workers, pytest.fail)
    assert len(wanted.untrained()) == len(wanted.plan.cells)


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_end_at_once_when_nobody_reads_on(job, workers):
    wanted = job(slow)
    events = Processes(wanted.worker, workers).train(in_batches(wanted.plan))
    assert isinstance(next(events), Started)
    began = time.monotonic()
    events.close()
    assert time.monotonic() - began < 5
    assert len(wanted.untrained()) == len(wanted.plan.cells)


@pytest.mark.parametrize(("workers", "error"), [(1, ZeroDivisionError), (2, WorkerError)])
def test_a_defect_keeps_its_traceback(job, workers, error):
    with pytest.raises(error, match="a defect"):
        run(job(break_down), workers)


def test_the_bits_do_not_depend_on_the_number_of_workers(tmp_path):
    stores = {}
    for workers in (1, 2):
        store = stores[workers] = Store(tmp_path / str(workers))
        run(Job(plan(["shuffle:0.3"], repeats=1), Worker(store, train, "cpu")), workers)
    names = sorted(stores[1].list(OUTCOMES))
    assert len(names) == 2
    for name in names:
        one, other = (Outcome.from_bytes(store.get(OUTCOMES, name)) for store in stores.values())
        assert one.same_measurement(other)
        assert stores[1].get(CONFIDENCES, name) == stores[2].get(CONFIDENCES, name)
