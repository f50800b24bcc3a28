"""Data sets of arrays in hand, kept where the workers that train find them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dqsuite.core.files import replacing
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import cache_dir


def content(arrays: Arrays) -> dict[str, np.ndarray[Any, Any]]:
    """Return what an npz of a data set holds."""
    return {**dict(zip(Arrays._fields, arrays[:4], strict=False)), "classes": np.array(arrays.classes)}


def keep_arrays(arrays: Mapping[str, np.ndarray[Any, Any]], name: str) -> Path:
    """Keep arrays as an npz in the user's cache, under a digest of their content; return its path."""
    digest = hashlib.sha256()
    for key, array in arrays.items():
        digest.update(f"{key} {array.dtype.str} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    stem = "".join(c if c.isalnum() or c in "-_" else "_" for c in name)[:60] or "arrays"
    path = cache_dir() / "arrays" / digest.hexdigest()[:24] / f"{stem}.npz"
    if not path.is_file():
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type] # numpy types **kwds as allow_pickle
    return path
