"""The user's cache: where it is, how to write into it, and the fingerprints it remembers.

Hashing a data set takes longer than everything else that judging needs, so a fingerprint is kept under the stamp of
what it was computed from. The cache only saves time: an entry that cannot be read is ignored, and a folder that cannot
be written to is no error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from dqsuite.files import replacing

_VERSION = 1  # rises when the definition of the fingerprint changes


def cache_dir() -> Path:
    """Return ``$DQSUITE_CACHE``, or the folder where this system keeps the caches of its user."""
    if folder := os.environ.get("DQSUITE_CACHE"):
        return Path(folder).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("dqsuite")


def file_stamp(paths: Iterable[Path]) -> str:
    """Return path, size in bytes and time of the last change in ns of each file."""
    status = [(str(path.absolute()), path.stat()) for path in paths]
    return json.dumps([(path, stat.st_size, stat.st_mtime_ns) for path, stat in status])


def recall(stamp: str) -> str | None:
    """Return the fingerprint that is remembered under the stamp, None if there is none or its seal is broken."""
    try:
        fingerprint, seal = _entry(stamp).read_text().split()
    except (OSError, ValueError):
        return None
    intact = re.fullmatch("[0-9a-f]{16}", fingerprint) and seal == _seal(stamp, fingerprint)
    return fingerprint if intact else None


def remember(stamp: str, fingerprint: str) -> None:
    """Keep the fingerprint under the stamp, if the cache can be written to."""
    with contextlib.suppress(OSError), replacing(_entry(stamp)) as temporary:
        temporary.write_text(f"{fingerprint} {_seal(stamp, fingerprint)}\n")


def _entry(stamp: str) -> Path:
    return cache_dir() / "fingerprints" / _seal(stamp)


def _seal(*parts: str) -> str:
    return hashlib.sha256(json.dumps([_VERSION, *parts]).encode()).hexdigest()[:32]
