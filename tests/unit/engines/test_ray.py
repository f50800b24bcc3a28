"""A real Ray: nodes as processes on this machine."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from trainings import Job, die_always, die_once, ignore, note, refuse_reduced, slow, trained

from dqsuite.core.errors import DqError
from dqsuite.engines.interface import Epoch, Failed, Finished, Started, follow, in_batches
from dqsuite.engines.ray import part_of_gpu, ray_engine
from dqsuite.engines.worker import Worker
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import CARDS, CONFIDENCES, OUTCOMES, Store

pytestmark = [pytest.mark.thorough, pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning")]

RECIPE = RECIPES["standard"].with_settings(epochs=1)
BEGINNING_S = 3.0  # of a cell, from the look at the clock to its training, on a busy machine too
NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}


@pytest.fixture(scope="module")
def cluster():
    """Give two nodes with a core each."""
    from ray.cluster_utils import Cluster

    support = str(Path(__file__).parent)  # where nodes find what is trained in place of models
    os.environ["PYTHONPATH"] = f"{support}:{os.environ.get('PYTHONPATH', '')}"
    made = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    made.add_node(**NODE)
    yield made
    made.shutdown()


@pytest.fixture
def job(tmp_path):
    def make(function=note, conditions=("shuffle:0.1", "reduce:0.1"), repeats=2, store="store"):
        grid = plan_grid("digits", ["lenet"], conditions, recipe=RECIPE, repeats=repeats, precision="fp32")
        return Job(grid, Worker(Store(tmp_path / store), function, str(tmp_path / "log")))

    return make


def run(job, cluster, report=ignore):
    follow(ray_engine(job.worker, cluster.address), in_batches(job.plan), report)


def events_of(job, cluster):
    with contextlib.closing(ray_engine(job.worker, cluster.address).train(in_batches(job.plan))) as events:
        return list(events)


def test_every_cell_is_trained_exactly_once(cluster, job):
    wanted, events = job(), []
    run(wanted, cluster, events.append)
    assert trained(wanted) == Counter(map(str, wanted.plan.cells))
    for kind in (Started, Epoch, Finished):
        assert {event.cell for event in events if isinstance(event, kind)} == set(wanted.plan.cells)
    assert not wanted.untrained()
    assert list(wanted.store.list(CARDS)) == [wanted.plan.fingerprint]
    assert sorted(wanted.store.list(CONFIDENCES)) == sorted(wanted.store.list(OUTCOMES))
    assert list(wanted.store.scratch().iterdir()) == []
    run(wanted, cluster)
    assert trained(wanted).total() == len(wanted.plan.cells)


def test_a_cell_that_kills_its_worker_twice_is_set_aside_and_named(cluster, job):
    wanted = job(die_always)
    failed = [event for event in events_of(wanted, cluster) if isinstance(event, Failed)]
    assert {event.cell.repeat for event in failed} == {1}
    assert {str(event.error).partition(";")[0] for event in failed} == {
        f"{event.cell} killed 2 workers and is set aside" for event in failed
    }
    assert {cell.repeat for cell in wanted.untrained()} == {1}


def test_a_worker_that_died_once_is_no_loss(cluster, job):
    wanted = job(die_once)
    run(wanted, cluster)
    assert not wanted.untrained()


def test_a_cell_that_cannot_be_trained_harms_no_other(cluster, job):
    wanted = job(refuse_reduced)
    failed = [event for event in events_of(wanted, cluster) if isinstance(event, Failed)]
    assert {type(event.error) for event in failed} == {DqError}
    assert {event.cell.corruption for event in failed} == {"reduce:0.1"}
    assert {cell.corruption for cell in wanted.untrained()} == {"reduce:0.1"}


def test_no_cell_is_begun_after_the_deadline(cluster, job):
    wanted, deadline = job(repeats=300), time.time() + 8
    late = dataclasses.replace(wanted.worker, deadline=deadline)
    follow(ray_engine(late, cluster.address), in_batches(wanted.plan), ignore)
    assert wanted.untrained()
    if wanted.log.exists():  # on a slow machine the workers come after it
        assert wanted.log.stat().st_mtime < deadline + BEGINNING_S


def test_closing_ends_the_tasks_and_gives_the_leases_back(cluster, job):
    wanted = job(slow)
    events = ray_engine(wanted.worker, cluster.address).train(in_batches(wanted.plan))
    assert isinstance(next(events), Started)
    began = time.monotonic()
    events.close()
    assert time.monotonic() - began < 10
    assert list(wanted.store.scratch().iterdir()) == []


@pytest.mark.parametrize(("share", "part"), [(0.05, 1 / 16), (0.2, 1 / 4), (0.39, 1 / 2), (0.45, 1.0), (1.0, 1.0)])
def test_so_many_share_a_gpu_as_its_memory_holds_with_some_to_spare(share, part):
    assert part_of_gpu(share) == part


def test_a_lost_node_is_no_loss(cluster, job):
    wanted = job(repeats=10)
    doomed = cluster.add_node(**NODE)
    events = ray_engine(wanted.worker, cluster.address).train(in_batches(wanted.plan))
    with contextlib.closing(events):
        next(event for event in events if isinstance(event, Finished))
        cluster.remove_node(doomed, allow_graceful=False)
        assert not [event for event in events if isinstance(event, Failed)]
    assert not wanted.untrained()
    assert trained(wanted).total() <= len(wanted.plan.cells) + 2
