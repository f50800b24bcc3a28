from __future__ import annotations

import multiprocessing
import os
import signal

import pytest

from dqsuite.engines.leases import Leases
from dqsuite.experiment.store import Store


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
