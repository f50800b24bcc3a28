"""Compiles C++ once for each machine, with the compiler that is there, and keeps the library in the user's cache."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import platformdirs

from dqsuite.hardware import cpu_flags

SOURCE = Path(__file__).with_name("small_convolutions.cpp")
_FLAGS = "-std=c++17", "-O3", "-march=native", "-ffp-contract=fast", "-fPIC", "-shared"


def compiler() -> str | None:
    """Return the path of the C++ compiler, which ``CXX`` may name, or None where there is none."""
    return next(filter(None, map(shutil.which, [os.environ.get("CXX", ""), "c++", "g++", "clang++"])), None)


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL | None:
    """Return the compiled `SOURCE`, or None where it cannot be compiled: it makes training faster, no more."""
    program = compiler()
    if program is None:
        return None
    try:
        version = subprocess.run([program, "--version"], capture_output=True, check=True).stdout
        made_of = [SOURCE.read_bytes(), version, *map(str.encode, (*_FLAGS, *sorted(cpu_flags())))]
        name = hashlib.sha256(b"\0".join(made_of)).hexdigest()[:16]
        path = platformdirs.user_cache_path("dqsuite") / "kernels" / f"{name}.so"
        if not path.exists():
            _compile(program, path)
        found = ctypes.CDLL(str(path))
        found.kept_floats.restype = ctypes.c_ssize_t
        return found
    except (OSError, RuntimeError, subprocess.SubprocessError):
        return None


def _compile(program: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / path.name
        subprocess.run([program, *_FLAGS, str(SOURCE), "-o", str(made)], capture_output=True, check=True)
        made.replace(path)  # at once: another process may be about to load it
