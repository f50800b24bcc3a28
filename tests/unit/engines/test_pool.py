from __future__ import annotations

import multiprocessing
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from test_processes import plan
from trainings import LATER, die_on_first, die_on_one, names, note, pool, refuse_reduced, trained, want

from dqsuite.core.errors import DqError
from dqsuite.engines.worker import Job
from dqsuite.experiment.store import OUTCOMES, Store

pytestmark = pytest.mark.thorough

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def job(tmp_path):
    """Return a way to make jobs of the same nine cells, in the plan's order, on one store."""
    return lambda function=note: Job(plan(), Store(tmp_path / "store"), function, str(tmp_path / "log"))


def together(*wants):
    """Wait for each condition of a job in a process of its own, and return how they ended."""
    crew = [SPAWN.Process(target=want, args=each) for each in wants]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    return [each.exitcode for each in crew]


def all_stored(made, condition):
    wanted = names(made, condition)
    return made.store.has_many(OUTCOMES, wanted) == set(wanted)


def test_what_is_wanted_is_trained_and_no_more_where_it_comes_first(job):
    made = pool(job())
    wanted = names(made, "shuffle")
    assert made.train_until_stored(wanted, [*wanted, *made.tasks], time.time() + LATER)
    assert set(trained(job())) == {str(made.tasks[name][1]) for name in wanted}


def test_the_order_wins_over_what_is_wanted(job):
    made = pool(job())
    first = names(made, "reduce")
    assert made.train_until_stored(names(made, "clean")[:1], [*first, *made.tasks], time.time() + LATER)
    log = Path(job().device).read_text().splitlines()
    assert log[:3] == [str(made.tasks[name][1]) for name in first]
    assert len(log) == 4


def test_who_waits_trains_what_is_free_and_every_cell_is_trained_once(job):
    assert together(*[(job(), "shuffle")] * 3) == [0, 0, 0]
    assert set(trained(job()).values()) == {1}
    assert all_stored(pool(job()), "shuffle")


def test_a_killed_process_leaves_its_cell_to_the_others(job):
    assert together((job(die_on_first), "shuffle")) == [-signal.SIGKILL]
    made = pool(job())
    assert made.train_until_stored(names(made, "shuffle"), list(made.tasks), time.time() + LATER)
    assert all_stored(made, "shuffle")


def test_a_cell_that_kills_harms_only_who_wants_it(job):
    for condition, code in (("reduce", -signal.SIGKILL), ("shuffle", 0), ("reduce", -signal.SIGKILL)):
        assert together((job(die_on_one), condition)) == [code]


def test_none_is_begun_after_the_deadline(job):
    made = pool(job())
    assert not made.train_until_stored(list(made.tasks), list(made.tasks), time.time() - 1)
    assert list(made.store.list(OUTCOMES)) == []


def test_a_refused_cell_harms_only_who_wants_it_and_is_not_tried_again(job):
    made = pool(job(refuse_reduced))
    order = [*names(made, "reduce"), *made.tasks]
    assert made.train_until_stored(names(made, "shuffle"), order, time.time() + LATER)
    assert trained(job()) == Counter(str(made.tasks[name][1]) for name in list(trained_names(made)))
    for _ in range(2):
        with pytest.raises(DqError, match="this cell cannot be trained"):
            made.train_until_stored(names(made, "reduce"), order, time.time() + LATER)


def trained_names(made):
    return [name for name in made.tasks if made.store.has_many(OUTCOMES, [name])]
