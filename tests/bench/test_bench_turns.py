from __future__ import annotations

import os
import signal
import subprocess
import sys

_SCRIPT = """
import time
from speed.turns import process
if __name__ == "__main__":
    with process() as call:
        print(call(str, "working"), flush=True)
        time.sleep(60)
"""


def test_a_side_ends_with_the_process_that_started_it(tmp_path):
    script = tmp_path / "sides.py"
    script.write_text(_SCRIPT)
    found = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=found) as parent:
        assert parent.stdout.readline() == "working\n"
        parent.send_signal(signal.SIGKILL)
        parent.communicate(timeout=30)  # until nobody has its output any more, and a side has
