"""Decoded pictures kept in the user's cache, by the fingerprint of their content, which is checked when they are read.

Decoding thousands of files takes seconds to minutes, in each worker. As in all of the cache, what is not there or not
right is made again, and what cannot be written is not kept.
"""

from __future__ import annotations

import contextlib
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from dqsuite.core.files import replacing
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import cache_dir

_LARGEST = 2 * 2**30  # bytes of one data set: larger ones are decoded again
_ALL = 8 * 2**30  # bytes of all: the ones that were used last stay
_KEYS = ("x_train", "y_train", "x_test", "y_test", "classes")


def find(fingerprint: str) -> Arrays | None:
    """Return the content of that fingerprint, None if it is not kept or something else lies in its place."""
    path = _path(fingerprint)
    try:
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as file:
            x_train, y_train, x_test, y_test, classes = (file[key] for key in _KEYS)
        arrays = Arrays(x_train, y_train, x_test, y_test, tuple(map(str, classes.tolist())))
        intact = arrays.fingerprint() == fingerprint
        os.utime(path)
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error):
        return None
    return arrays if intact else None


def keep(fingerprint: str, arrays: Arrays) -> None:
    """Keep the content under its fingerprint, and let go of those that were not used for the longest time."""
    size = arrays.x_train.nbytes + arrays.x_test.nbytes
    if size > _LARGEST:
        return
    with contextlib.suppress(OSError):
        _make_room(size)
        with replacing(_path(fingerprint)) as temporary:
            content = dict(zip(_KEYS, (*arrays[:4], np.array(arrays.classes)), strict=True))
            np.savez(temporary, **content)  # type: ignore[arg-type] # numpy types **kwds as allow_pickle


def _make_room(size: int) -> None:
    files = [(path, path.stat()) for path in _path("").parent.glob("*.npz")]
    for path, status in sorted(files, key=lambda each: each[1].st_mtime_ns, reverse=True):
        size += status.st_size
        if size > _ALL:
            path.unlink()


def _path(fingerprint: str) -> Path:
    return cache_dir() / "decoded" / f"{fingerprint}.npz"
