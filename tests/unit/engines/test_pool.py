from __future__ import annotations

import multiprocessing
import signal
import time
from collections import Counter
from dataclasses import replace

import pytest
from test_processes import plan
from trainings import LATER, Job, die_on_first, die_on_one, ignore, note, pool, refuse_reduced, trained, want

from dqsuite.core.errors import DqError
from dqsuite.engines.interface import Failed, Finished, follow, in_batches
from dqsuite.engines.worker import Worker, tasks_of
from dqsuite.experiment.store import OUTCOMES, Store

pytestmark = pytest.mark.thorough

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def job(tmp_path):
    """Return a way to make jobs of the same nine cells, in the plan's order, on one store."""
    return lambda function=note: Job(plan(), Worker(Store(tmp_path / "store"), function, str(tmp_path / "log")))


def until(job, deadline):
    """Return the job with a deadline."""
    return replace(job, worker=replace(job.worker, deadline=deadline))


def together(*wants):
    """Wait for each condition of a job in a process of its own, and return how they ended."""
    crew = [SPAWN.Process(target=want, args=each) for each in wants]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    return [each.exitcode for each in crew]


def all_stored(made, condition):
    wanted = tasks_of(made.only(condition)).keys()
    return made.store.has_many(OUTCOMES, wanted) == wanted


def test_what_is_wanted_is_trained_and_no_more_where_there_is_no_deadline(job):
    made = job()
    follow(pool(made, first="reduce"), made.only("shuffle"), ignore)
    assert set(trained(made)) == {str(cell) for _, cell in tasks_of(made.only("shuffle")).values()}


def test_the_cells_of_others_win_over_what_is_wanted_where_there_is_a_deadline(job):
    made = until(job(), time.time() + LATER)
    one = [replace(batch, cells=batch.cells[:1]) for batch in made.only("clean")[:1]]
    follow(pool(made, first="reduce"), one, ignore)
    log = made.log.read_text().splitlines()
    assert log[:3] == [str(cell) for _, cell in tasks_of(made.only("reduce")).values()]
    assert len(log) == 4


def test_who_waits_trains_what_is_free_and_every_cell_is_trained_once(job):
    assert together(*[(job(), "shuffle")] * 3) == [0, 0, 0]
    assert set(trained(job()).values()) == {1}
    assert all_stored(job(), "shuffle")


def test_a_killed_process_leaves_its_cell_to_the_others(job):
    assert together((job(die_on_first), "shuffle")) == [-signal.SIGKILL]
    follow(pool(job()), job().only("shuffle"), ignore)
    assert all_stored(job(), "shuffle")


def test_a_cell_that_kills_harms_only_who_wants_it(job):
    for condition, code in (("reduce", -signal.SIGKILL), ("shuffle", 0), ("reduce", -signal.SIGKILL)):
        assert together((job(die_on_one), condition)) == [code]


def test_none_is_begun_after_the_deadline(job):
    made = until(job(), time.time() - 1)
    follow(pool(made), in_batches(made.plan), pytest.fail)
    assert list(made.store.list(OUTCOMES)) == []


def test_a_refused_cell_harms_only_who_wants_it_and_is_not_tried_again(job):
    made = until(job(refuse_reduced), time.time() + LATER)
    shared = pool(made, first="reduce")
    follow(shared, made.only("shuffle"), ignore)
    stored = [str(cell) for cell in made.plan.cells if cell not in made.untrained()]
    assert trained(made) == Counter(stored)
    for _ in range(2):
        with pytest.raises(DqError, match="this cell cannot be trained"):
            follow(shared, made.only("reduce"), pytest.fail)


def test_who_reads_on_after_a_failure_is_told_of_all_and_the_others_are_trained(job):
    made = job(refuse_reduced)
    events = list(pool(made).train(in_batches(made.plan)))
    failed = {event.cell for event in events if isinstance(event, Failed)}
    assert failed == set(made.untrained()) == {cell for cell in made.plan.cells if "reduce" in cell.corruption}
    assert {event.cell for event in events if isinstance(event, Finished)} == set(made.plan.cells) - failed
