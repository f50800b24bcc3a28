from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from test_local_engine import note, plan, trained

from dqsuite.engines.pool import Pool
from dqsuite.engines.work import Job
from dqsuite.errors import DqError
from dqsuite.store import OUTCOMES, Store

LATER = 60.0  # seconds, longer than any of these tests
SPAWN = multiprocessing.get_context("spawn")


def refuse_reduced(plan, cell, dataset, device, watch):
    if "reduce" in cell.corruption:
        raise DqError("this cell cannot be trained", "name another")
    return note(plan, cell, dataset, device, watch)


def die_on_first(plan, cell, dataset, device, watch):
    os.kill(os.getpid(), signal.SIGKILL)


def die_on_one(plan, cell, dataset, device, watch):
    if "reduce" in cell.corruption and cell.repeat == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return note(plan, cell, dataset, device, watch)


def pool(folder, function=note):
    """Return a pool of the nine cells of a plan, in the plan's order."""
    job = Job(plan(), Store(folder / "store"), function, str(folder / "log"))
    made = Pool(job.store)
    made.tasks.update({job.plan.key(cell): (job, cell) for cell in job.plan.cells})
    return made, job


def want(folder, condition, function=note):
    """Wait for one condition, as a process of its own."""
    made, _ = pool(folder, function)
    made.train_until_stored(names(made, condition), list(made.tasks), time.time() + LATER)


def names(made, condition):
    return [name for name, (_, cell) in made.tasks.items() if condition in cell.corruption]


def together(folder, *wants):
    crew = [SPAWN.Process(target=want, args=(folder, *each)) for each in wants]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    return [each.exitcode for each in crew]


def test_what_is_wanted_is_trained_and_no_more_where_it_comes_first(tmp_path):
    made, job = pool(tmp_path)
    wanted = names(made, "shuffle")
    assert made.train_until_stored(wanted, [*wanted, *made.tasks], time.time() + LATER)
    assert set(trained(job)) == {str(made.tasks[name][1]) for name in wanted}


def test_the_order_wins_over_what_is_wanted(tmp_path):
    made, job = pool(tmp_path)
    first = names(made, "reduce")
    assert made.train_until_stored(names(made, "clean")[:1], [*first, *made.tasks], time.time() + LATER)
    log = Path(job.device).read_text().splitlines()
    assert log[:3] == [str(made.tasks[name][1]) for name in first]
    assert len(log) == 4


def test_who_waits_trains_what_is_free_and_every_cell_is_trained_once(tmp_path):
    assert together(tmp_path, ("shuffle",), ("shuffle",), ("shuffle",)) == [0, 0, 0]
    _, job = pool(tmp_path)
    assert set(trained(job).values()) == {1}
    held = Store(tmp_path / "store")
    assert {job.plan.key(cell) for cell in job.plan.cells if "shuffle" in cell.corruption} <= set(held.list(OUTCOMES))


def test_a_killed_process_leaves_its_cell_to_the_others(tmp_path):
    assert together(tmp_path, ("shuffle", die_on_first), ("shuffle",)) == [-signal.SIGKILL, 0]
    made, job = pool(tmp_path)
    assert job.store.has_many(OUTCOMES, names(made, "shuffle")) == set(names(made, "shuffle"))


def test_a_cell_that_kills_harms_only_who_wants_it(tmp_path):
    for condition, code in (("reduce", -signal.SIGKILL), ("shuffle", 0), ("reduce", -signal.SIGKILL)):
        assert together(tmp_path, (condition, die_on_one)) == [code]


def test_none_is_begun_after_the_deadline(tmp_path):
    made, job = pool(tmp_path)
    assert not made.train_until_stored(list(made.tasks), list(made.tasks), time.time() - 1)
    assert list(job.store.list(OUTCOMES)) == []


def test_a_refused_cell_harms_only_who_wants_it_and_is_not_tried_again(tmp_path):
    made, job = pool(tmp_path, refuse_reduced)
    order = [*names(made, "reduce"), *made.tasks]
    assert made.train_until_stored(names(made, "shuffle"), order, time.time() + LATER)
    assert trained(job) == Counter(str(made.tasks[name][1]) for name in list(trained_names(made)))
    for _ in range(2):
        with pytest.raises(DqError, match="this cell cannot be trained"):
            made.train_until_stored(names(made, "reduce"), order, time.time() + LATER)


def trained_names(made):
    return [name for name in made.tasks if made.store.has_many(OUTCOMES, [name])]
