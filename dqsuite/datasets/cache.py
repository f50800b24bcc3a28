"""The user's cache: where it is, how to write into it, and the fingerprints it remembers.

Hashing a data set takes longer than everything else that judging needs, so a fingerprint is kept under the stamp of
what it was computed from. The cache only saves time: an entry that cannot be read is ignored, a folder that cannot be
written to is no error, and whoever has read the data set computes its fingerprint rather than trust the cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from dqsuite.core.files import replacing
from dqsuite.datasets.paths import needing_home, reading

_VERSION = 2  # rises when the definition of the fingerprint changes


class Remembered(NamedTuple):
    """The fingerprint of a data set, and what to say about how it was read."""

    fingerprint: str
    notes: tuple[str, ...] = ()


def cache_dir() -> Path:
    """Return ``$DQSUITE_CACHE``, or the folder where this system keeps the caches of its user.

    Raises
    ------
    DqError
        It lies in a home folder that is not known.
    """
    folder = os.environ.get("DQSUITE_CACHE")
    with needing_home(folder or "the cache", "set DQSUITE_CACHE to the whole path of a folder"):
        if folder:
            return Path(folder).expanduser()
        from platformdirs import user_cache_path

        return user_cache_path("dqsuite").expanduser()


def file_stamp(paths: Iterable[Path]) -> str:
    """Return path, size in bytes, inode, and times of the last change of content and of status in ns of each file.

    Of a file that is not there, the path alone.

    Raises
    ------
    DqError
        The system refuses to tell.
    """
    return json.dumps([_file_stamp(path) for path in paths])


def recall(stamp: str) -> Remembered | None:
    """Return what is remembered under the stamp, None if there is nothing or its seal is broken."""
    try:
        fingerprint, seal, notes = json.loads(_entry(stamp).read_text())
        found = Remembered(fingerprint, tuple(notes))
        intact = re.fullmatch("[0-9a-f]{16}", fingerprint) and seal == _seal(stamp, fingerprint, *found.notes)
    except (OSError, ValueError, TypeError):
        return None
    return found if intact else None


def remember(stamp: str, fingerprint: str, notes: tuple[str, ...] = ()) -> None:
    """Keep the fingerprint, and what to say about the data, under the stamp, if the cache can be written to."""
    with contextlib.suppress(OSError), replacing(_entry(stamp)) as temporary:
        temporary.write_text(json.dumps([fingerprint, _seal(stamp, fingerprint, *notes), notes]))


def _file_stamp(path: Path) -> tuple[str | int, ...]:
    name = os.path.abspath(path)  # noqa: PTH100 - Path's takes longer than all the rest, for thousands of files
    with reading(path):
        try:
            status = os.stat(name)  # noqa: PTH116
        except FileNotFoundError:
            return (name,)  # whoever reads it says so
        # The time of the content can be set by anyone, that of the status cannot.
        return name, status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def _entry(stamp: str) -> Path:
    return cache_dir() / "fingerprints" / _seal(stamp)


def _seal(*parts: str) -> str:
    return hashlib.sha256(json.dumps([_VERSION, *parts]).encode()).hexdigest()[:32]
