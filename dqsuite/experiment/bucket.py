"""A store whose records are in a bucket, for many machines, with what it has read beside it on this one.

The bucket has the layout of the folder: ``outcomes/ab/abcd…``. Records never change, so a copy in the user's cache
stands for one that was read. Notes (what cells cost here, verdicts as they were judged) and the locks of this machine's
processes are in that cache too, and are no loss.
"""

from __future__ import annotations

import contextlib
import hashlib
import platform
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

from dqsuite.core.errors import DqError
from dqsuite.datasets.cache import cache_dir
from dqsuite.experiment.objects import Objects
from dqsuite.experiment.reservations import Reservations
from dqsuite.experiment.store import CONFIDENCES, LARGEST, LARGEST_CONFIDENCES, Store, belongs, checked

Found = TypeVar("Found")

_ASKED_ONE_BY_ONE = 100  # names at most; a page of a listing has ten times as many
_AT_ONCE = 16  # requests of a thread each
_MARKER = "dqsuite-store"


class Bucket(Store):
    """The records below a URL such as ``s3://bucket/folder``.

    Raises
    ------
    DqError
        The bucket is not there or cannot be used.
    """

    poll_s = 5.0  # a look is a request or some

    def __init__(self, url: str) -> None:
        self.objects = Objects(url)
        super().__init__(cache_dir() / "buckets" / hashlib.sha256(self.objects.url.encode()).hexdigest()[:24])
        self.objects.require()

    def __reduce__(self) -> tuple[type[Bucket], tuple[str]]:
        return Bucket, (self.objects.url,)

    @property
    def name(self) -> str:
        """The URL."""
        return self.objects.url

    @cached_property
    def _copies(self) -> Store:
        return Store(self.root)

    def has_many(self, kind: str, names: Iterable[str]) -> set[str]:
        """Return those of the names that are stored."""
        wanted = {checked(name) for name in names}
        if len(wanted) > _ASKED_ONE_BY_ONE:
            return wanted & set(self.list(kind))
        found = _at_once(lambda name: self.objects.has(_path(kind, name)), wanted)
        return {name for name, stored in found if stored}

    def get(self, kind: str, name: str) -> bytes:
        """Return a record, from the copy where it was read before. Raises as that of a folder."""
        with contextlib.suppress(KeyError, ValueError, DqError):
            return self._copies.get(kind, name)
        data = self.objects.read(_path(kind, name), LARGEST_CONFIDENCES if kind == CONFIDENCES else LARGEST)
        self._keep(kind, name, data)
        return data

    def _keep(self, kind: str, name: str, data: bytes) -> None:
        with contextlib.suppress(DqError):  # a full cache keeps none
            self._copies.put_if_absent(kind, name, data)

    def bring(self, kind: str, names: Collection[str]) -> None:
        """Read records that will be asked for, many at once; what cannot be read is met when it is asked for."""

        def read(name: str) -> None:
            with contextlib.suppress(KeyError, ValueError):
                self.get(kind, name)

        absent = set(names) - self._copies.has_many(kind, names)
        if len(absent) > 1:
            _at_once(read, absent)

    def put_if_absent(self, kind: str, name: str, data: bytes) -> bool:
        """Write a record unless it is there; return whether this call wrote it.

        A server that does not refuse the second of two conditional writes is refused itself, once a process.
        """
        self._require_conditional_writes()
        if not self.objects.create(_path(kind, name), data):
            return False
        self._keep(kind, name, data)
        return True

    def make_room(self, kind: str, name: str) -> None:
        """Refuse a bucket that records cannot be put into, before hours of work are done for it."""
        self._require_conditional_writes()

    def list(self, kind: str) -> Iterator[str]:
        """Yield the names of all records of a kind, in no order."""
        return (name for name, _ in self.sizes(kind))

    def sizes(self, kind: str) -> Iterator[tuple[str, int]]:
        """Yield the name and the bytes of each record of a kind, in no order."""
        for path, size in self.objects.list(kind):
            *_, shelf, name = PurePosixPath("/", path).parts
            if belongs(name, shelf):
                yield name, size

    def set_aside(self, kind: str, name: str) -> str:
        """Move a damaged record to ``damaged/``, and return where it is now.

        Only the copy here may be damaged, or another machine may have set it aside and trained it again: what the
        bucket has then is another, and stays.
        """
        where = f"damaged/{kind}/{name}.{uuid.uuid4().hex[:8]}"
        with contextlib.suppress(KeyError, ValueError):
            read = self.get(kind, name)
            self._copies.remove(kind, name)
            if self.objects.read(_path(kind, name), len(read)) != read:
                return f"{self.name} without its copy here"
            self.objects.create(where, read)
        self.remove(kind, name)
        return f"{self.name}/{where}"

    def remove(self, kind: str, name: str) -> None:
        """Remove a record and its copy."""
        self._copies.remove(kind, name)
        self.objects.remove(_path(kind, name))

    def reserve(self, name: str) -> AbstractContextManager[bool]:
        """Keep an outcome for us while the block trains it; give False where another machine does so."""
        return self._reservations.hold(name)

    @cached_property
    def _reservations(self) -> Reservations:
        self._require_conditional_writes()
        return Reservations(self.objects, self._machine())

    def _machine(self) -> str:
        """Return a name for all processes that share the locks in this cache, on this host."""
        self._copies.put_if_absent("machine", "name", uuid.uuid4().hex.encode())
        own = self._copies.get("machine", "name") + platform.node().encode()
        return hashlib.sha256(own).hexdigest()[:24]

    def _require_conditional_writes(self) -> None:
        if not self._conditional:
            mend = "use one that knows If-None-Match, or a folder and dqsuite store merge"
            raise DqError(f"the server of {self.name} lets a second writer write over the first", mend)

    @cached_property
    def _conditional(self) -> bool:
        made = self.objects.create(_MARKER, b"1")
        return not (made and self.objects.create(_MARKER, b"2"))


def _at_once(ask: Callable[[str], Found], names: Collection[str]) -> list[tuple[str, Found]]:
    """Return what is answered for each name."""
    with ThreadPoolExecutor(min(_AT_ONCE, len(names) or 1)) as threads:
        return list(zip(names, threads.map(ask, names), strict=True))


def _path(kind: str, name: str) -> str:
    return f"{kind}/{name[:2]}/{checked(name)}"
