"""Paths that a user gives: what the system refuses about them becomes one line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from dqsuite.core.errors import DqError


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into a DqError that names the file it is about, or else `path`."""
    try:
        yield
    except OSError as error:
        cause = f"cannot read {error.filename or path}: {error.strerror or error}"
        raise DqError(cause, "check the path and its permissions") from error


@contextlib.contextmanager
def needing_home(what: str, mend: str) -> Iterator[None]:
    """Turn the RuntimeError of a home folder that is not known into a DqError about `what`."""
    try:
        yield
    except RuntimeError as error:
        raise DqError(f"cannot find the home folder in which {what} would be", mend) from error


def expanded(path: str) -> Path:
    """Return the path with the home folder for ``~``. Raises DqError if that is not known."""
    with needing_home(path, "write the whole path instead of ~"):
        return Path(path).expanduser()


def file_at(path: Path) -> None:
    """Raise DqError if there is no file at the path, or it is out of reach."""
    with reading(path):
        if path.is_dir():
            raise DqError(f"{path} is a folder, not a file", f"write folder:{path}")
        if not path.is_file():
            raise DqError(f"there is no file {path}", "check the path")
