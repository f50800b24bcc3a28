"""Images, which neither a store nor evidence holds: of data sets that are at hand already."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from dqsuite import datasets
from dqsuite.claims.requirements import NotMeasured
from dqsuite.core.errors import DqError
from dqsuite.datasets import Dataset
from dqsuite.datasets.cache import cache_dir
from dqsuite.datasets.paths import expanded

_PICTURED = ("cifar10", "mnist")
_FIRST = 8  # training images of a class: more of them than any figure shows take memory that outcomes need


def at_hand(name: str, fingerprint: str = "") -> Dataset:
    """Return a data set without downloading it, with the first training images of each class alone.

    Raises
    ------
    NotMeasured
        It is not at hand, or is another variant than the outcomes were measured on.
    """
    file = _file(name)
    data = _load(name, file) if file else None
    if data is None:
        raise NotMeasured(f"the images of {name} are not at hand, and a report downloads nothing: set DQSUITE_DATA")
    if fingerprint not in ("", data.fingerprint):
        raise NotMeasured(f"the {name} at hand is another variant than was measured")
    return data


def look() -> None:
    """Take out of data sets what figures show, before outcomes are read: both together take twice the memory."""
    for name in _PICTURED:
        if file := _file(name):
            _load(name, file)


def _file(name: str) -> Path | None:
    """Return where a data set lies, None where it does not."""
    folder = os.environ.get("DQSUITE_DATA")
    try:
        places = [*([expanded(folder)] if folder else []), cache_dir()]
        return next((file for place in places if (file := place / f"{name}.npz").is_file()), None)
    except (DqError, OSError):
        return None


@cache
def _load(name: str, file: Path) -> Dataset | None:
    """Return what figures show of a data set, read once from the file where it lies, None where it cannot be read."""
    try:
        data = datasets.load(name)
    except (DqError, OSError):
        return None
    shown = [np.flatnonzero(data.y_train == index)[:_FIRST] for index in range(len(data.classes))]
    first = np.sort(np.concatenate(shown))
    return replace(data, x_train=data.x_train[first], y_train=data.y_train[first])
