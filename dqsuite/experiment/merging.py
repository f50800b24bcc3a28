"""Stores and evidence files merged into one store, so that two labs can pool a study."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

from dqsuite.core.errors import DqError
from dqsuite.experiment.evidence import Importing, Merge, import_evidence
from dqsuite.experiment.store import CARDS, CONFIDENCES, FOREIGN_CARDS, OUTCOMES, Store
from dqsuite.experiment.stores import is_url, open_store

_NAME_ONE = "name a store or an evidence file"


def merge_into(store: Store, source: str) -> Merge:
    """Add what a store or an evidence file holds to a store, with the rules of an import.

    Of two outcomes under one key the store's stays, and a difference is told. The confidences of a store come along.

    Raises
    ------
    DqError
        The source is neither, or nothing in it can be used, or the store cannot be written.
    """
    path = Path(source)
    if not is_url(source) and path.is_file():
        if zipfile.is_zipfile(path):
            return import_evidence(store, path)
        raise DqError(f"{source} is no evidence file", _NAME_ONE)
    if not is_url(source) and not path.is_dir():
        raise DqError(f"there is no store {source}", _NAME_ONE)
    return _merged(store, open_store(source))


def _merged(store: Store, source: Store) -> Merge:
    merge = Merge()
    members = _Members(source)
    if not members.sizes:
        raise DqError(f"the store {source.name} holds no record", _NAME_ONE)
    absent = set(members.outcomes) - store.has_many(OUTCOMES, members.outcomes)
    Importing(store, members, merge).run()
    for name in sorted(absent & store.has_many(OUTCOMES, absent)):
        with contextlib.suppress(KeyError, ValueError):
            store.put_if_absent(CONFIDENCES, name, source.get(CONFIDENCES, name))
    return merge


class _Members:
    """A store as the members of an evidence file."""

    def __init__(self, source: Store) -> None:
        self._source = source
        cards, own, self.outcomes = (sorted(source.list(kind)) for kind in (FOREIGN_CARDS, CARDS, OUTCOMES))
        self._kinds = dict.fromkeys(cards, FOREIGN_CARDS) | dict.fromkeys(own, CARDS)
        names = [f"{CARDS}/{name}" for name in self._kinds] + [f"{OUTCOMES}/{name}" for name in self.outcomes]
        self.sizes = dict.fromkeys(names, 0)
        source.bring(OUTCOMES, self.outcomes)

    def read(self, member: str, _most: int) -> bytes:
        """Return a record. Raises ValueError where it cannot be read."""
        kind, _, name = member.partition("/")
        try:
            return self._source.get(self._kinds[name] if kind == CARDS else OUTCOMES, name)
        except KeyError:
            raise ValueError("it is gone") from None
