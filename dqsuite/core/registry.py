"""Names to things, with the nearest names offered when one is unknown."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from dqsuite.core.errors import DqError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """A read-only table of one kind of thing: one line adds one.

    >>> Registry("fruit", {"apple": 1, "pear": 2})["aple"]
    Traceback (most recent call last):
    dqsuite.core.errors.DqError: unknown fruit 'aple'; did you mean 'apple'? ...
    """

    def __init__(self, kind: str, entries: Mapping[str, T]) -> None:
        self.kind = kind
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> T:
        """Return the entry.

        Raises
        ------
        DqError
            The name is unknown; the message offers the nearest ones.
        """
        try:
            return self._entries[name]
        except KeyError:
            raise DqError(f"unknown {self.kind} {name!r}", self._offer(name)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def _offer(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._entries, n=3, cutoff=0.5)
        known = f"known are {', '.join(self._entries)}"
        return f"did you mean {' or '.join(map(repr, near))}? {known}" if near else known
