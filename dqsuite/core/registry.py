"""Names to things, ours and those of other installed packages, with the nearest names offered when one is unknown."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeAlias, TypeVar

from dqsuite.core.errors import DqError

T = TypeVar("T")


Entries: TypeAlias = Mapping[str, T] | Callable[[], Mapping[str, T]]


class Registry(Mapping[str, T], Generic[T]):
    """A read-only table of one kind of thing: one line adds one.

    Things of other packages stand behind an entry point group, and are imported when they are asked for.

    >>> Registry("fruit", {"apple": 1, "pear": 2})["aple"]
    Traceback (most recent call last):
    dqsuite.core.errors.DqError: unknown fruit 'aple'; did you mean 'apple'? ...

    Parameters
    ----------
    kind : str
        What the things are, for messages.
    entries : mapping, or callable that returns one
        Ours; a callable is asked when the first entry is.
    group : str
        The entry point group of others; empty for none.
    of : type
        What each of them has to be.
    """

    def __init__(self, kind: str, entries: Entries[T], group: str = "", of: type[T] | None = None) -> None:
        self.kind, self.group, self.of = kind, group, of
        self._ours = entries

    @cached_property
    def _entries(self) -> dict[str, T]:
        return dict(self._ours() if callable(self._ours) else self._ours)

    def __getitem__(self, name: str) -> T:
        """Return the entry.

        Raises
        ------
        DqError
            The name is unknown (the message offers the nearest ones), several packages have it, or the package that has
            it cannot be used.
        """
        foreign = self._foreign.get(name, [])
        if name in self._entries and not foreign:
            return self._entries[name]
        if not foreign:
            raise DqError(f"unknown {self.kind} {name!r}", self._offer(name))
        if len(foreign) + (name in self._entries) > 1:
            owners = [package(point) for point in foreign] + ["dqsuite"] * (name in self._entries)
            raise DqError(f"the {self.kind} {name!r} is in {' and in '.join(owners)}", "uninstall all but one")
        return loaded(foreign[0], self.kind, self.of)

    def __contains__(self, name: object) -> bool:
        return name in self._entries or name in self._foreign

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._entries, *self._foreign]))

    def __len__(self) -> int:
        return len(self._entries.keys() | self._foreign.keys())

    @cached_property
    def _foreign(self) -> dict[str, list[EntryPoint]]:
        """The entry points of other packages by their names."""
        found: dict[str, list[EntryPoint]] = {}
        for point in entry_points(group=self.group) if self.group else ():
            found.setdefault(point.name, []).append(point)
        return found

    def is_ours(self, name: str) -> bool:
        """Tell whether a name is of dqsuite's own code, and of no other package."""
        return name in self._entries

    def renew(self) -> None:
        """Ask for ours anew when the next entry is."""
        self.__dict__.pop("_entries", None)

    @contextmanager
    def temporary(self, name: str, entry: T) -> Iterator[None]:
        """Have an entry stand under a name of its own, or in place of ours, while a block runs: for tests.

        Processes that the block starts do not see it.
        """
        before = self._entries
        self._entries = {**before, name: entry}
        try:
            yield
        finally:
            self._entries = before

    def usable(self) -> tuple[dict[str, T], list[DqError]]:
        """Return the entries that can be used, and why others cannot: a broken package must not spoil a list."""
        found: dict[str, T] = {}
        problems = []
        for name in self:
            try:
                found[name] = self[name]
            except DqError as error:
                problems.append(error)
        return found, problems

    def _offer(self, name: str) -> str:
        near = difflib.get_close_matches(name, self, n=3, cutoff=0.5)
        known = f"known are {', '.join(self)}"
        return f"did you mean {' or '.join(map(repr, near))}? {known}" if near else known


def loaded(point: EntryPoint, kind: str, of: type[T] | None) -> T:
    """Import what an entry point names.

    Raises
    ------
    DqError
        It cannot be imported, or is of another type.
    """
    try:
        found: T = point.load()
    except Exception as error:  # whatever a module of somebody else raises
        problem = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise DqError(f"the {kind} {point.name!r} of {package(point)} cannot be imported ({problem})", _MEND) from error
    if of and not isinstance(found, of):
        raise DqError(f"the {kind} {point.name!r} of {package(point)} is no {of.__name__}", _MEND)
    return found


_MEND = "mend or uninstall that package"


def package(point: EntryPoint) -> str:
    """Return the name of the package that an entry point belongs to."""
    return point.dist.name if point.dist else point.value.partition(":")[0]
