"""Images, which neither a store nor evidence holds: of data sets that are at hand already."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from dqsuite import datasets
from dqsuite.claims.requirements import NotMeasured
from dqsuite.core.errors import DqError
from dqsuite.datasets import Dataset
from dqsuite.datasets.cache import cache_dir
from dqsuite.datasets.paths import expanded


def at_hand(name: str, fingerprint: str = "") -> Dataset:
    """Return a data set without downloading it.

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
    """Return a data set, read once from the file where it lies, None where it cannot be read."""
    try:
        return datasets.load(name)
    except (DqError, OSError):
        return None
