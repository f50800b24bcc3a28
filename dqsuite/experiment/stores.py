"""A store by its name: a folder, or the URL of a bucket."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from dqsuite.core.errors import DqError
from dqsuite.experiment.store import Store

_SCHEMES = ("s3", "gs", "az", "file")


def is_url(name: str | Path) -> bool:
    """Tell whether a name is a URL, of whatever scheme."""
    return isinstance(name, str) and re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", name) is not None


def open_store(name: str | Path) -> Store:
    """Return the store of a name. Raises DqError where it is no store, or its bucket cannot be used."""
    if not is_url(name):
        return Store(name)
    text = str(name)
    if text.partition(":")[0] not in _SCHEMES:
        raise DqError(f"a store cannot be at {text}", "name a folder, or s3://, gs://, az:// or file:// and a place")
    if find_spec("obstore") is None:
        raise DqError(f"the store {text} needs obstore", "pip install 'dqsuite[bucket]'")
    from dqsuite.experiment.bucket import Bucket

    return Bucket(text)
