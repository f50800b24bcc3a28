"""Records on disk: one file each, written atomically, first write wins, safe for many processes.

A store knows bytes and names only, so that it can be a bucket (`dqsuite.experiment.bucket`): `has_many`, `get`,
`put_if_absent`, `list`. Beside them `set_aside` moves a damaged record out of the way, `remove` and `sizes` are for its
upkeep, and `scratch` is where leases live. Notes are what may be lost and may change, such as how long cells took:
`read_note`, `write_note`, `forget_notes`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from dqsuite.core.errors import DqError
from dqsuite.core.files import create, replacing, sweep
from dqsuite.core.foreign import read_file

OUTCOMES, CARDS, CONFIDENCES = "outcomes", "cards", "confidences"
FOREIGN_CARDS = "foreign-cards"
"""Cards that came with evidence, and that nobody has held against their data here."""
_SHELVED = {OUTCOMES, CARDS, FOREIGN_CARDS, CONFIDENCES, "damaged"}
LARGEST = 2**26  # bytes of a record or a note at most, far above any
LARGEST_CONFIDENCES = 2**28  # bytes
_ONE_BY_ONE = 16  # names of a shelf at most that are looked up each for itself
_AT_ONCE = 32  # records that wait for the disk together
_NAME = re.compile(r"[A-Za-z0-9_-]+")


class Store:
    """A folder of records in three kinds: outcomes, data set cards, and confidences (too large for evidence).

    Attributes
    ----------
    root : Path
        The folder; of a bucket, that of what is kept of it on this machine.
    poll_s : float
        Seconds after which somebody who waits for a record looks again.
    """

    poll_s = 0.5

    def __init__(self, root: str | Path) -> None:
        if not str(root):
            raise DqError("the store has an empty name", "name a folder with --store")
        self.root = Path(root)
        try:
            found = self.root.stat().st_mode
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unreadable(error) from error
        if not stat.S_ISDIR(found):
            raise DqError(f"the store {self.root} is a file", "name a folder with --store")

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.root)

    def has_many(self, kind: str, names: Iterable[str]) -> set[str]:
        """Return those of the names that are stored."""
        shelves: dict[str, list[str]] = defaultdict(list)
        for name in names:
            shelves[checked(name)[:2]].append(name)
        return set().union(*(_on_shelf(f"{self.root}/{kind}/{shelf}", asked) for shelf, asked in shelves.items()))

    def get(self, kind: str, name: str) -> bytes:
        """Return a record.

        Raises
        ------
        KeyError
            There is none.
        ValueError
            What stands in its place is no file, such as a folder, a pipe or a link to nowhere, or is far too large.
        DqError
            The store cannot be read.
        """
        path = self._place(kind, name)
        try:
            return read_file(path, LARGEST_CONFIDENCES if kind == CONFIDENCES else LARGEST)
        except PermissionError as error:
            raise self._unreadable(error) from error
        except FileNotFoundError as error:
            if Path(path).is_symlink():
                raise ValueError("no readable file (a link to nowhere)") from error
            raise KeyError(name) from None  # even if it is there by now: another process may have put it
        except OSError as error:
            if os.path.lexists(path):
                raise ValueError(f"no readable file ({error.strerror})") from error
            raise KeyError(name) from None

    def put_if_absent(self, kind: str, name: str, data: bytes) -> bool:
        """Write a record unless it is there; return whether this call wrote it.

        The bytes reach the disk and appear under their name at once, see `dqsuite.core.files.create`: a process that
        dies at any moment leaves a whole record or none.

        Raises
        ------
        DqError
            The store cannot be written: read-only, or the disk is full.
        """
        path = self._path(kind, name)
        if os.path.lexists(path) and self._is_stored(kind, name):  # most of an import may be there
            return False
        scratch = self.scratch()
        self.make_room(kind, name)
        try:
            create(path, data, scratch)
        except FileExistsError:
            return not self._is_stored(kind, name) and self.put_if_absent(kind, name, data)
        except OSError as error:
            raise self._unwritable(error) from error
        return True

    def put_all_if_absent(self, kind: str, records: Mapping[str, bytes]) -> set[str]:
        """Write records as `put_if_absent` does, many at once; return the names of those that this call wrote.

        The disk is waited for once for many of them: nothing else makes it faster.
        """
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            written = threads.map(lambda name: self.put_if_absent(kind, name, records[name]), records)
            return {name for name, new in zip(records, written, strict=True) if new}

    def bring(self, kind: str, names: Collection[str]) -> None:
        """Prepare for many `get`s: a folder has nothing to prepare."""

    def reserve(self, _name: str) -> AbstractContextManager[bool]:
        """Keep an outcome from other machines while the block trains it: in a folder, leases do."""
        return nullcontext(True)

    def make_room(self, kind: str, name: str) -> None:
        """Make the folder that a record belongs in, before hours of work are done for it. Raises as `put_if_absent`."""
        folder = self._path(kind, name).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):  # a link to a disk that is not there, a file, a pipe
            raise _in_the_way(folder) from None
        except OSError as error:
            raise self._unwritable(error) from error

    def _is_stored(self, kind: str, name: str) -> bool:
        """Tell whether a record that was just there still is: another process may have set it aside.

        Raises DqError where what stands in its place cannot be read back.
        """
        try:
            self.get(kind, name)
        except KeyError:
            return False
        except ValueError:
            raise _in_the_way(self._path(kind, name)) from None
        return True

    def list(self, kind: str) -> Iterator[str]:
        """Yield the names of all records of a kind, in no order. Raises DqError where the store cannot be read."""
        try:
            for folder in (self.root / kind).iterdir():
                if folder.is_dir():
                    yield from (name for name in os.listdir(folder) if belongs(name, folder.name))  # noqa: PTH208
        except FileNotFoundError:
            return
        except OSError as error:
            raise DqError(
                f"cannot read the store {self.root} ({error.strerror})", "name another with --store"
            ) from error

    def sizes(self, kind: str) -> Iterator[tuple[str, int]]:
        """Yield the name and the bytes of each record of a kind, in no order."""
        for name in self.list(kind):
            with contextlib.suppress(FileNotFoundError):
                yield name, self._path(kind, name).stat().st_size

    def remove(self, kind: str, name: str) -> None:
        """Remove a record, if it is there. Raises DqError as `put_if_absent`."""
        try:
            self._path(kind, name).unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    def sweep(self) -> None:
        """Remove the temporary files of writers that have died, as far as they can be removed."""
        with contextlib.suppress(OSError):
            for folder in self.root.iterdir():
                if folder.name not in _SHELVED and folder.is_dir():
                    for each, _, _ in os.walk(folder):
                        sweep(Path(each))

    def set_aside(self, kind: str, name: str) -> str:
        """Move a damaged record to ``damaged/`` and return where it is now. Raises DqError as `put_if_absent`."""
        target = self.root / "damaged" / kind / f"{name}.{uuid.uuid4().hex[:8]}"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._path(kind, name).rename(target)
        except FileNotFoundError:
            pass  # another process was faster
        except OSError as error:
            raise self._unwritable(error) from error
        return str(target)

    def read_note(self, kind: str, name: str) -> bytes | None:
        """Return a note, or None where there is none that can be read."""
        try:
            return read_file(self._note(kind, name), LARGEST)
        except (OSError, ValueError):
            return None

    def write_note(self, kind: str, name: str, data: bytes) -> None:
        """Write a note, whole, in place of the one of its name; a store that cannot be written keeps none."""
        path = self._note(kind, name)
        with contextlib.suppress(OSError):
            if path.exists() and not path.is_file():  # a pipe would be waited for
                return
            with replacing(path) as temporary:
                temporary.write_bytes(data)

    def forget_notes(self, kind: str, prefix: str) -> None:
        """Remove the notes whose names begin so, as far as they can be removed."""
        with contextlib.suppress(OSError):
            for path in self._note(kind, prefix).parent.iterdir():
                if path.name.startswith(prefix.rpartition("/")[2]):
                    path.unlink()

    def scratch(self) -> Path:
        """Return the folder for temporary files and leases, made if need be. Raises DqError as `put_if_absent`."""
        path = self.root / "scratch"
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        if not os.access(path, os.W_OK):
            raise self._unwritable(OSError(errno.EACCES, os.strerror(errno.EACCES)))
        return path

    def _note(self, kind: str, name: str) -> Path:
        return self.root / kind / name

    def _path(self, kind: str, name: str) -> Path:
        return Path(self._place(kind, name))

    def _place(self, kind: str, name: str) -> str:
        """Return the path of a record as a text: to make a hundred thousand paths takes a while."""
        return f"{self.root}/{kind}/{name[:2]}/{checked(name)}"

    def _unreadable(self, error: OSError) -> DqError:
        where = str(self.root)[:80]  # a name may be too long for the system, and then is for a line
        return DqError(
            f"cannot read the store {where} ({error.strerror})", "make it readable or name another with --store"
        )

    def _unwritable(self, error: OSError) -> DqError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            mend = "free some space and run the same command again: what is stored is kept"
        else:
            mend = "make it writable or name another with --store"
        return DqError(f"cannot write to the store {self.root} ({error.strerror or error})", mend)


def _on_shelf(folder: str, names: Sequence[str]) -> set[str]:
    """Return those of the names that are in a folder: of many, by one look at all that is there."""
    if len(names) > _ONE_BY_ONE:
        with contextlib.suppress(OSError):
            return set(os.listdir(folder)).intersection(names)  # noqa: PTH208 - paths take longer to make than to look at
    return {name for name in names if os.path.lexists(f"{folder}/{name}")}


def _in_the_way(path: Path) -> DqError:
    return DqError(f"{path} is in the way, which is no record or folder of a store", "remove it, or mount its disk")


def belongs(name: str, folder: str) -> bool:
    """Tell whether a name is that of a record, and its folder the one for it."""
    return name[:2] == folder and _NAME.fullmatch(name) is not None


def checked(name: str) -> str:
    """Return a name. Raises ValueError where it is none of a record."""
    if not _NAME.fullmatch(name):  # it may come from a file of somebody else
        raise ValueError(f"{name[:100]!r} is no name of a record")
    return name


def default_store() -> str:
    """Return the store of the outcomes where none is named: ``$DQSUITE_STORE``, or one in the current folder."""
    return os.environ.get("DQSUITE_STORE") or ".dqsuite/store"


def nothing_stored(store: Store) -> DqError:
    """Return the error of who needs outcomes and finds none."""
    return DqError(f"the store {store.name} holds no outcome", "train some with dqsuite run, or name another --store")
