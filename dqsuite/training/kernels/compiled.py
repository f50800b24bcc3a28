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

from dqsuite.core.hardware import cpu_flags

_FOLDER = Path(__file__).parent
_FLAGS = "-std=c++17", "-O3", "-march=native", "-ffp-contract=fast", "-fPIC", "-shared"


def compiler() -> str | None:
    """Return the path of the C++ compiler, which ``CXX`` may name, or None where there is none."""
    return next(filter(None, map(shutil.which, [os.environ.get("CXX", ""), "c++", "g++", "clang++"])), None)


@lru_cache(maxsize=1)  # what fails once is not tried again with every cell
def compiled() -> bool:
    """Tell whether there is a `library`; it is compiled now, if need be, which takes seconds."""
    try:
        library()
    except (OSError, subprocess.SubprocessError):
        return False
    return True


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """Return the functions that the C++ of this package exports.

    Raises
    ------
    OSError, subprocess.SubprocessError
        There is no compiler, it fails, or its result cannot be kept or loaded.
    """
    program = compiler()
    if program is None:
        raise FileNotFoundError("no C++ compiler was found")
    version = subprocess.run([program, "--version"], capture_output=True, check=True).stdout
    texts = [path.read_bytes() for path in (*_sources(), *_FOLDER.glob("*.hpp"))]
    made_of = [*texts, version, *map(str.encode, (*_FLAGS, *sorted(cpu_flags())))]
    name = hashlib.sha256(b"\0".join(made_of)).hexdigest()[:16]
    path = platformdirs.user_cache_path("dqsuite") / "kernels" / f"{name}.so"
    if not path.exists():
        _compile(program, path)
    found = ctypes.CDLL(str(path))
    found.kept_floats.restype = ctypes.c_ssize_t
    return found


def _sources() -> list[Path]:
    return sorted(_FOLDER.glob("*.cpp"))


def _compile(program: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / path.name
        subprocess.run([program, *_FLAGS, *map(str, _sources()), "-o", str(made)], capture_output=True, check=True)
        made.replace(path)  # at once: another process may be about to load it
