from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from living import lives

CHILD = """
import os, sys
sys.platform = "{platform}"
from dqsuite.core.orphans import end_with_parent
end_with_parent({pid})
print(os.getpid(), flush=True)
{work}
"""
BUSY = "sum(range(10**12))"  # lets no other thread run
PARENT = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', sys.argv[1]]); time.sleep(600)"

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux shows who lives in /proc")


@pytest.mark.parametrize(
    ("platform", "work"), [(sys.platform, BUSY), ("another", "while True: pass")], ids=["here", "elsewhere"]
)
def test_a_process_ends_with_its_killed_parent_whatever_it_does(platform, work):
    child = CHILD.format(pid="", work=work, platform=platform)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, child], stdout=subprocess.PIPE, text=True)
    child = parent.stdout.readline().strip()
    assert lives(child)
    parent.kill()
    parent.wait()
    began = time.monotonic()
    while lives(child):
        assert time.monotonic() - began < 2
        time.sleep(0.01)
    parent.stdout.close()


@pytest.mark.parametrize("platform", [sys.platform, "another"], ids=["here", "elsewhere"])
def test_a_process_whose_parent_was_gone_before_it_looked_ends_too(platform):
    text = CHILD.format(pid=1 << 30, work="while True: pass", platform=platform)
    child = subprocess.run([sys.executable, "-c", text], capture_output=True, check=False, timeout=60)
    assert child.returncode == -9
