from __future__ import annotations

import contextlib
import time

import object_server
import pytest

from dqsuite.engines.leases import Leases
from dqsuite.experiment import reservations
from dqsuite.experiment.bucket import Bucket

URL = f"s3://{object_server.BUCKET}"


@pytest.fixture
def gate(monkeypatch):
    monkeypatch.setattr(reservations, "BEAT_S", 0.1)
    monkeypatch.setattr(reservations, "STALE_S", 0.6)
    monkeypatch.setattr(reservations, "_LOOK_S", 0.0)
    with object_server.served(monkeypatch) as gate:
        yield gate


@pytest.fixture(params=["s3", "file"])
def machine(request, gate, monkeypatch, tmp_path):
    """Give a function that opens the bucket as a machine of that name."""
    url = URL if request.param == "s3" else f"file://{tmp_path / 'objects'}"

    def opened(name):
        monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path / name))
        return Bucket(url)

    return opened


def kept(bucket):
    return [path for path, _ in bucket.objects.list("reserved")]


def test_one_machine_holds_an_outcome(machine):
    here, there = machine("here"), machine("there")
    with here.reserve("abc") as ours, there.reserve("abc") as theirs, there.reserve("abd") as other:
        assert (ours, theirs, other) == (True, False, True)
        assert len(kept(here)) == 2
    assert kept(here) == []
    with there.reserve("abc") as later:
        assert later


def test_an_error_gives_it_back(machine):
    here = machine("here")
    with pytest.raises(KeyError), here.reserve("abc"):
        raise KeyError
    assert kept(here) == []


def test_a_living_holder_keeps_it_and_a_dead_one_loses_it_to_one(machine, monkeypatch):
    dead, *others = [machine(name) for name in ("dead", "one", "two")]
    alive = machine("alive")
    with alive.reserve("abd"):
        monkeypatch.setattr(reservations, "_keep_beating", lambda *_: None)
        with dead.reserve("abc"):
            until, found = time.monotonic() + 5, [False, False]
            with contextlib.ExitStack() as stack:
                while not any(found) and time.monotonic() < until:
                    found = [stack.enter_context(other.reserve("abc")) for other in others]
                    assert not stack.enter_context(others[0].reserve("abd"))
                    time.sleep(0.05)
                assert sorted(found) == [False, True]


def test_what_a_killed_process_of_this_machine_held_is_free_at_once(machine):
    killed, next_one = machine("here"), machine("here")
    with killed.reserve("abc"), Leases(next_one).hold("abc") as ours:
        assert ours


def test_a_lease_on_a_bucket_is_held_once_on_this_machine(machine):
    one, other = machine("here"), machine("here")
    with Leases(one).hold("abc") as mine, Leases(other).hold("abc") as theirs:
        assert (mine, theirs) == (True, False)
    with Leases(other).hold("abc") as later:
        assert later
