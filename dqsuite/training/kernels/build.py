"""Compiles the C++ of this package once for each machine and compiler, and keeps the library in the user's cache.

A library is code: it is taken only from a folder that belongs to this user and that nobody else can write, and only
where its bytes have the digest that its name says.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from dqsuite.core.errors import DqError
from dqsuite.core.hardware import cpu_flags
from dqsuite.datasets.cache import cache_dir

_FOLDER = Path(__file__).parent
_FLAGS = "-std=c++17", "-O3", "-march=native", "-ffp-contract=fast", "-fPIC", "-shared"
_DIGITS = 16  # of the digests in a name
_ELSEWHERE = "set DQSUITE_CACHE to another folder"


class Build(NamedTuple):
    """A compiled library: where it is, the first digits of its SHA-256, and its compiler's name and version."""

    path: Path
    digest: str
    compiler: str


def compiler() -> str | None:
    """Return the path of the C++ compiler, which ``CXX`` may name, or None where there is none."""
    return next(filter(None, map(shutil.which, [os.environ.get("CXX", ""), "c++", "g++", "clang++"])), None)


def build() -> Build:
    """Return the library for this processor and compiler; it is compiled now, if need be, which takes seconds.

    Raises
    ------
    DqError
        There is no compiler, it fails, or the cache cannot keep what it makes or is open to others.
    OSError
        The system refuses something else.
    """
    program = compiler()
    if program is None:
        raise DqError("no C++ compiler was found", "install one, or name one in CXX")
    version = _output([program, "--version"])
    texts = [path.read_bytes() for path in (*_sources(), *_FOLDER.glob("*.hpp"))]
    made_of = [*texts, version.encode(), *map(str.encode, (*_FLAGS, *sorted(cpu_flags())))]
    name = hashlib.sha256(b"\0".join(made_of)).hexdigest()[:_DIGITS]
    folder = _private(cache_dir() / "kernels")
    path = _kept(folder, name) or _made(program, folder, name)
    return Build(path, _digest(path), version.partition("\n")[0].strip())


def _sources() -> list[Path]:
    return sorted(_FOLDER.glob("*.cpp"))


def _private(folder: Path) -> Path:
    """Return the folder, made if need be, where it is this user's and nobody else can have written to it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name != "posix":
            return folder
        status = folder.stat()
        if status.st_uid != os.geteuid():
            raise DqError(f"{folder} belongs to another user", _ELSEWHERE)
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise DqError(f"others can write to {folder}", f"remove that folder, or {_ELSEWHERE}")
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            with contextlib.suppress(OSError):  # a disk that can only be read is as safe
                folder.chmod(0o700)
    except OSError as error:
        raise DqError(f"{folder} cannot be used ({error.strerror})", _ELSEWHERE) from error
    return folder


def _kept(folder: Path, name: str) -> Path | None:
    """Return the library of that name whose bytes are the ones that were compiled."""
    return next((path for path in folder.glob(f"{name}-*.so") if path.stem == f"{name}-{_digest(path)}"), None)


def _made(program: str, folder: Path, name: str) -> Path:
    """Compile the library; one process does while others that need it wait."""
    try:
        with FileLock(folder / "lock"):
            for left in (each for each in folder.iterdir() if each.is_dir()):  # of a compilation that was killed
                shutil.rmtree(left)
            return _kept(folder, name) or _compile(program, folder, name)
    except OSError as error:
        raise DqError(f"{folder} cannot be written to ({error.strerror})", _ELSEWHERE) from error


def _compile(program: str, folder: Path, name: str) -> Path:
    for damaged in folder.glob(f"{name}-*.so"):
        damaged.unlink()
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        made = Path(temporary) / "made.so"
        _output([program, *_FLAGS, *map(str, _sources()), "-o", str(made)])
        if not made.is_file():
            raise DqError(f"{program} made no library", "name another compiler in CXX")
        return made.replace(folder / f"{name}-{_digest(made)}.so")


def _output(command: list[str]) -> str:
    """Return what a call of the compiler prints. Raises DqError where it fails."""
    done = subprocess.run(command, capture_output=True, check=False, text=True, errors="replace")
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error" in line), f"exit code {done.returncode}")
        raise DqError(f"the C++ compiler {command[0]} failed ({said})", "name another one in CXX")
    return done.stdout


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGITS]
