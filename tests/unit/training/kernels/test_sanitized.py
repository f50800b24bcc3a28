"""No compiled layer reads or writes beyond its arrays, whatever the size of the images, the batch and the channels."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dqsuite.training.kernels.build import compiler

SCRIPT = Path(__file__).parents[3] / "support" / "sanitized.py"


def runtime() -> list[str]:
    """Return the sanitizers' libraries of the compiler, which have to be loaded before Python."""
    found = []
    for name in ("libasan.so", "libubsan.so"):
        told = subprocess.run([compiler(), f"-print-file-name={name}"], capture_output=True, text=True, check=False)
        if not Path(told.stdout.strip()).is_absolute():
            pytest.skip(f"the compiler has no {name}")
        found.append(told.stdout.strip())
    return found


@pytest.mark.thorough
def test_sanitizers_find_nothing_in_any_size():
    environment = os.environ | {
        "LD_PRELOAD": " ".join(runtime()),
        "ASAN_OPTIONS": "detect_leaks=0:detect_odr_violation=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONMALLOC": "malloc",
    }
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert all(int(count) > 50 for count in done.stdout.split()), done.stdout
