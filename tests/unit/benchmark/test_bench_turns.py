from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.thorough

_SCRIPT = """
import os, time
from dqsuite.benchmark.turns import process
if __name__ == "__main__":
    with process() as call:
        print(call(os.getpid), flush=True)
        time.sleep(60)
"""


def test_a_side_ends_with_the_process_that_started_it(tmp_path):
    script = tmp_path / "sides.py"
    script.write_text(_SCRIPT)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        side = int(parent.stdout.readline())
        os.kill(side, 0)
        parent.send_signal(signal.SIGKILL)
    ended = time.monotonic() + 30
    while time.monotonic() < ended:
        try:
            os.kill(side, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the side goes on")
