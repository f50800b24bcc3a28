from __future__ import annotations

import multiprocessing
import os
import signal

import pytest

from dqsuite.engines.leases import Leases
from dqsuite.experiment.store import CONFIDENCES, OUTCOMES, Store


def slot(folder, count):
    return Leases(Store(folder)).slot(count)


def test_there_are_as_many_places_as_are_counted(tmp_path):
    with slot(tmp_path, 2) as first, slot(tmp_path, 2) as second, slot(tmp_path, 2) as third:
        assert (first, second, third) == (True, True, False)
    with slot(tmp_path, 1) as again:
        assert again


def test_a_place_is_free_again_after_an_error(tmp_path):
    with pytest.raises(KeyError), slot(tmp_path, 1):
        raise KeyError
    with slot(tmp_path, 1) as again:
        assert again


def _hold(folder, held):
    with slot(folder, 1):
        held.set()
        signal.pause()


def test_the_place_of_a_killed_process_is_free(tmp_path):
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    process = context.Process(target=_hold, args=(tmp_path, held))
    process.start()
    assert held.wait(60)
    with slot(tmp_path, 1) as taken:
        assert not taken
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with slot(tmp_path, 1) as free:
        assert free


def test_a_lease_is_held_once_and_free_when_it_is_done(tmp_path):
    leases = Leases(Store(tmp_path))
    with leases.hold("a") as mine, leases.hold("a") as again, leases.hold("b") as other:
        assert (mine, again, other) == (True, False, True)
        assert leases.begun("a")
    assert not leases.begun("a")
    with leases.hold("a") as later:
        assert later


def test_what_was_not_brought_to_an_end_can_be_told_and_taken_up(tmp_path):
    leases = Leases(Store(tmp_path))
    with pytest.raises(KeyError), leases.hold("a"):
        raise KeyError
    assert leases.begun("a")
    with leases.hold("a") as again:
        assert again
    assert not leases.begun("a")


def test_the_sweep_takes_what_nobody_holds(tmp_path):
    store = Store(tmp_path)
    leases = Leases(store)
    for name in ("held", "killed", "stored"):
        store.put_if_absent(CONFIDENCES, name, b"confidences")
    store.put_if_absent(OUTCOMES, "stored", b"outcome")
    for name in ("killed", "stored"):
        (store.scratch() / f"{name}.lease").touch()
    (store.scratch() / "0.slot").touch()
    (store.scratch() / "folder.lease").mkdir()
    (store.scratch() / f".x-dqsuite-{'0' * 32}").touch()
    with leases.hold("held"):
        leases.sweep()
        assert sorted(path.name for path in store.scratch().iterdir()) == ["folder.lease", "held.lease"]
    assert sorted(store.list(CONFIDENCES)) == ["held", "stored"]


def test_the_sweep_of_notes_leaves_records_alone(tmp_path):
    store, name = Store(tmp_path), f".x-dqsuite-{'0' * 32}.json"
    for folder in ("costs/machine", "outcomes/ab"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / name).touch()
    Leases(store).sweep()
    assert [path.parent.name for path in tmp_path.rglob(name)] == ["ab"]
