"""Work shared out: in order, no further ahead than needed, and by processes that end with their parent."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from living import lives

from dqsuite.core.errors import DqError
from dqsuite.core.sharing import shared_out


def doubled(number):
    time.sleep(0.01 * (number % 3))
    return 2 * number, os.getpid()


def killed(number):
    os.kill(os.getpid(), 9)


def failed(number):
    raise ValueError(f"not {number}")


@pytest.mark.parametrize("processes", [1, 2])
def test_what_is_made_of_parts_comes_in_their_order(processes):
    found = list(shared_out(doubled, range(30), processes))
    assert [number for number, _ in found] == [2 * number for number in range(30)]
    assert (os.getpid() in {where for _, where in found}) == (processes == 1)


def test_parts_are_taken_as_they_are_needed():
    taken = []
    results = shared_out(doubled, (taken.append(number) or number for number in range(100)), 2)
    next(results)
    assert len(taken) < 10
    results.close()


def test_an_error_of_the_work_is_raised_here():
    with pytest.raises(ValueError, match="not 0"):
        list(shared_out(failed, range(3), 2))


def test_a_process_that_dies_is_an_error_in_one_line():
    with pytest.raises(DqError, match="has died"):
        list(shared_out(killed, range(3), 2))


_PARENT = """
import os, sys, time
from dqsuite.core.sharing import shared_out
sys.path += {folders!r}
from test_sharing import slow
if __name__ == "__main__":
    for pid in shared_out(slow, [0.0, 0.0, 60.0, 60.0, 60.0, 60.0, 60.0], 2):
        print(pid, flush=True)
"""


def slow(seconds):
    time.sleep(seconds)
    return os.getpid()


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_the_processes_end_with_their_parent(tmp_path):
    script = tmp_path / "parent.py"
    here = Path(__file__).parent
    folders = [str(here), str(here.parents[1] / "support")]
    script.write_text(_PARENT.format(folders=folders))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        pids = {int(parent.stdout.readline()) for _ in range(2)}
        parent.kill()
        parent.wait()
    until = time.monotonic() + 5
    while any(map(lives, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(lives, pids))
