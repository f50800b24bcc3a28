"""Images, which neither a store nor evidence holds: of data sets that are at hand already."""

from __future__ import annotations

import os
from functools import cache

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
    data = _load(name)
    if data is None:
        raise NotMeasured(f"the images of {name} are not at hand, and a report downloads nothing: set DQSUITE_DATA")
    if fingerprint not in ("", data.fingerprint):
        raise NotMeasured(f"the {name} at hand is another variant than was measured")
    return data


@cache
def _load(name: str) -> Dataset | None:
    folder = os.environ.get("DQSUITE_DATA")
    try:
        places = [cache_dir(), *([expanded(folder)] if folder else [])]
        if any((place / f"{name}.npz").is_file() for place in places):
            return datasets.load(name)
    except (DqError, OSError):
        return None
    return None
