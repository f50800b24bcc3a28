from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import time

import object_server
import pytest
from caches import cache_at
from simulated_cluster import Simulated

from dqsuite.core.errors import DqError
from dqsuite.engines import dispatch
from dqsuite.engines.dispatch import Dispatch
from dqsuite.engines.interface import Failed, Finished, in_batches
from dqsuite.engines.leases import Leases
from dqsuite.engines.worker import Worker, untrained
from dqsuite.experiment import objects, reservations
from dqsuite.experiment.bucket import Bucket
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import CONFIDENCES, OUTCOMES, Store

RECIPE = RECIPES["standard"].with_settings(epochs=1)


def plan(repeats=4, conditions=("shuffle:0.1", "reduce:0.1")):
    return plan_grid("digits", ["lenet"], conditions, recipe=RECIPE, repeats=repeats, precision="fp32")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Have what was lost begun again without a pause."""
    monkeypatch.setattr(dispatch, "_PAUSE_S", 0.0)


@pytest.fixture
def worker(tmp_path):
    return Worker(Store(tmp_path / "store"), None, "cpu")


def dispatched(worker, cluster, wanted):
    with contextlib.closing(Dispatch(worker, cluster).train(in_batches(wanted))) as events:
        return list(events)


def failures(events):
    return {event.cell: str(event.error) for event in events if isinstance(event, Failed)}


def test_every_cell_is_begun_and_stored_once(worker):
    wanted, cluster = plan(), Simulated(3)
    events = dispatched(worker, cluster, wanted)
    assert {event.cell for event in events if isinstance(event, Finished)} == set(wanted.cells)
    assert cluster.begun == {wanted.key(cell): 1 for cell in wanted.cells}
    assert set(worker.store.list(OUTCOMES)) == set(worker.store.list(CONFIDENCES)) == set(map(wanted.key, wanted.cells))
    assert list(worker.store.scratch().iterdir()) == []
    assert cluster.closed
    assert cluster.most <= 4  # a quarter more than there are places
    again = Simulated(3)
    assert dispatched(worker, again, wanted) == []
    assert again.begun == {}


def test_cells_are_begun_in_order_and_short_ones_together(worker):
    wanted = plan(repeats=40)
    first = Simulated(1)
    dispatched(worker, first, dataclasses.replace(wanted, cells=wanted.cells[:1]))
    notes = list((worker.store.root / "costs").rglob("*.json"))
    assert notes  # a cell took a second, as the record says
    cluster = Simulated(1)
    dispatched(worker, cluster, wanted)
    assert list(cluster.begun) == [wanted.key(cell) for cell in wanted.cells[1:]]
    assert cluster.jobs < 40


@pytest.mark.parametrize(("fate", "most"), [("killed", 2), ("lost", 20)])
def test_who_always_ends_its_worker_is_set_aside_and_named(worker, fate, most):
    wanted = plan()
    bad = {wanted.key(cell) for cell in wanted.cells if cell.repeat == 1}
    cluster = Simulated(2, lambda name, before: fate if name in bad else "")
    failed = failures(dispatched(worker, cluster, wanted))
    assert (
        {wanted.key(cell) for cell in failed} == bad == {wanted.key(cell) for cell in untrained(worker.store, wanted)}
    )
    assert all(str(cell) in told and "is set aside" in told for cell, told in failed.items())
    assert {cluster.begun[name] for name in bad} == {most}
    assert list(worker.store.scratch().iterdir()) == []


def test_a_lost_node_is_not_held_against_a_cell(worker):
    wanted = plan()
    cluster = Simulated(2, lambda name, before: ("lost", "killed", "lost later")[before])
    assert failures(dispatched(worker, cluster, wanted)) == {}
    assert not untrained(worker.store, wanted)
    assert set(cluster.begun.values()) == {3}


def test_what_is_refused_harms_no_other(worker):
    wanted = plan()
    bad = wanted.key(wanted.cells[3])
    failed = failures(dispatched(worker, Simulated(2, lambda name, _: "refused" if name == bad else ""), wanted))
    assert list(failed) == [wanted.cells[3]]
    assert untrained(worker.store, wanted) == [wanted.cells[3]]


def test_what_another_trains_is_waited_for(worker):
    wanted = plan()
    name = wanted.key(wanted.cells[0])
    with Leases(worker.store).hold(name):
        events = Dispatch(worker, Simulated(2)).train(in_batches(wanted))
        ours = [next(event for event in events if isinstance(event, Finished)).cell for _ in wanted.cells[1:]]
    assert wanted.cells[0] not in ours
    assert [event.cell for event in events if isinstance(event, Finished)] == [wanted.cells[0]]


def test_nothing_is_begun_after_the_deadline(worker):
    cluster = Simulated(2)
    assert dispatched(dataclasses.replace(worker, deadline=time.time() - 1), cluster, plan()) == []
    assert cluster.begun == {}


def test_what_was_handed_out_but_not_begun_is_not_begun_after_the_deadline(worker, monkeypatch):
    cluster, times = Simulated(2), iter([False] * 5)
    monkeypatch.setattr(Worker, "late", lambda self: next(times, True))
    finished = [event for event in dispatched(worker, cluster, plan()) if isinstance(event, Finished)]
    assert len(finished) == cluster.begun.total() == 5
    assert list(worker.store.scratch().iterdir()) == []


def test_what_was_lost_waits_before_it_is_begun_again(worker, monkeypatch):
    monkeypatch.setattr(dispatch, "_PAUSE_S", 0.5)
    wanted = plan()
    first = wanted.key(wanted.cells[0])
    cluster = Simulated(2, lambda name, before: "lost" if name == first and not before else "")
    events = dispatched(worker, cluster, wanted)
    assert [event.cell for event in events if isinstance(event, Finished)][-1] == wanted.cells[0]


def test_closing_gives_all_back(worker):
    cluster = Simulated(2)
    events = Dispatch(worker, cluster).train(in_batches(plan()))
    next(events)
    events.close()
    assert cluster.closed
    assert list(worker.store.scratch().iterdir()) == []


def test_two_drivers_on_one_bucket_share_the_work(monkeypatch, tmp_path):
    wanted, clusters, drivers = plan(repeats=6), [], []
    with object_server.served(monkeypatch):
        for name in ("here", "there"):
            monkeypatch.setenv("DQSUITE_CACHE", cache_at(tmp_path / name))
            bucket = Bucket(f"s3://{object_server.BUCKET}")
            clusters.append(Simulated(2))
            drivers.append(Dispatch(Worker(bucket, None, "cpu"), clusters[-1]).train(in_batches(wanted)))
        turns = [*drivers]
        while turns:
            turns = [each for each in turns if next(each, None)]
        begun = clusters[0].begun + clusters[1].begun
        assert begun == {wanted.key(cell): 1 for cell in wanted.cells}
        assert min(cluster.begun.total() for cluster in clusters) > 3
        assert list(bucket.objects.list("reserved")) == []


@pytest.mark.thorough
def test_runs_with_a_fault_at_a_random_moment_lose_nothing(monkeypatch, tmp_path):
    """Nodes are lost, workers and drivers killed, the server throttles or the network is cut; then another goes on.

    A dozen runs; ``DQSUITE_FAULT_RUNS=100`` makes more. `test_ray_faults` has real nodes.
    """
    for name, value in (("STALE_S", 0.3), ("_LOOK_S", 0.0), ("_keep_beating", lambda *_: None)):
        monkeypatch.setattr(reservations, name, value)
    monkeypatch.setattr(Bucket, "poll_s", 0.1)
    rng, wanted = random.Random(17), plan(repeats=3)
    with object_server.served(monkeypatch) as gate:
        for number in range(int(os.environ.get("DQSUITE_FAULT_RUNS", "12"))):
            url = f"s3://{object_server.BUCKET}/run{number}"
            monkeypatch.setenv("DQSUITE_CACHE", cache_at(tmp_path / f"first{number}"))
            with monkeypatch.context() as hasty:  # it gives up after a second
                hasty.setattr(objects, "RETRIES", 2)
                hasty.setattr(objects, "RETRIED_S", 1.0)
                first = Bucket(url)
            _break_off(first, wanted, gate, rng)
            kept = {path: first.objects.read(path, 10**6) for path, _ in first.objects.list(OUTCOMES)}
            monkeypatch.setenv("DQSUITE_CACHE", cache_at(tmp_path / f"second{number}"))
            bucket, cluster = Bucket(url), Simulated(2)
            dispatched(Worker(bucket, None, "cpu"), cluster, wanted)
            assert not untrained(bucket, wanted)
            assert not cluster.begun.keys() & {path.rpartition("/")[2] for path in kept}
            assert {path: bucket.objects.read(path, 10**6) for path in kept} == kept
            assert {name: Outcome.from_bytes(bucket.get(OUTCOMES, name)).key for name in bucket.list(OUTCOMES)} == {
                name: name for name in map(wanted.key, wanted.cells)
            }


def _break_off(bucket, wanted, gate, rng):
    """Let a driver run into faults at random moments, of nodes and then of the bucket or of its own."""
    faults = rng.choice([("killed",), ("lost", "lost later"), ()])
    cluster = Simulated(
        2, lambda name, before: rng.choice(faults) if faults and not before and rng.random() < 0.3 else ""
    )
    events = Dispatch(Worker(bucket, None, "cpu"), cluster).train(in_batches(wanted))
    at, then = rng.randrange(1, 2 * len(wanted.cells)), rng.choice(["killed", "cut", "SlowDown", "lost", "some"])
    some = object_server.sometimes(0.2, at, "cut", "lost", "SlowDown")
    with contextlib.suppress(DqError):
        for count, _ in enumerate(events):
            if count == at and then == "killed":
                gate.fault = lambda method, path: "cut"  # it gives nothing back
                events.close()
                break
            if count == at:
                gate.fault = some if then == "some" else lambda method, path: then
    gate.fault = lambda method, path: ""
