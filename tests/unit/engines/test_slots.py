from __future__ import annotations

import multiprocessing
import os
import signal

import pytest

from dqsuite.engines.slots import slot


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
