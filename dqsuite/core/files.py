"""Writing a file so that it appears whole or not at all, and sweeping what killed writers have left."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_MARK = "-dqsuite-"
_TEMPORARY = re.compile(rf"\..*{_MARK}[0-9a-f]{{32}}(\.[^.]*)?")
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What systems answer where a disk has no hard links: exFAT, some network and cloud mounts."""
_NO_LOCKS = {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL}
_OLD_S = 24 * 3600.0  # after which a temporary file is taken for abandoned where nothing tells whether its writer lives


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file beside `path` which becomes `path` at once if the block succeeds, else is removed.

    A link is followed; a device, such as ``/dev/null``, is written to as it is. What killed writers have left in that
    folder goes.
    """
    path = path.resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        yield path
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent)
    with _temporary(path.parent, path.stem, path.suffix) as temporary:
        yield temporary
        temporary.replace(path)


def create(path: Path, data: bytes, scratch: Path) -> None:
    """Write a file that appears whole under its name, or not at all where there is one of that name.

    The bytes reach the disk in a temporary file in `scratch`, a folder of the same disk, and appear by one hard link:
    of any number of writers at once one succeeds. Where the disk has no hard links they appear by a renaming under a
    lock in `scratch`, and the same holds for all writers that this lock reaches.

    Raises
    ------
    FileExistsError
        There is something of that name, if only a link to nowhere.
    OSError
        The system refuses, or the disk has neither hard links nor locks.
    """
    with _temporary(scratch, path.name, "") as temporary:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _rename_if_absent(temporary, path, scratch)


def sweep(folder: Path) -> None:
    """Remove the temporary files in a folder whose writers have died, as far as they can be removed."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if _TEMPORARY.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    _remove_abandoned(Path(entry.path))


def _rename_if_absent(temporary: Path, path: Path, scratch: Path) -> None:
    from filelock import FileLock

    lock = FileLock(scratch / "rename.lock")
    try:
        lock.acquire()
    except (OSError, NotImplementedError) as error:
        raise OSError(errno.ENOTSUP, "its disk has neither hard links nor locks") from error
    try:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        temporary.rename(path)
    finally:
        lock.release()


@contextlib.contextmanager
def _temporary(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    """Make an empty file that no sweep removes while the block and this process last, and remove it then."""
    path = folder / f".{stem[:40]}{_MARK}{uuid.uuid4().hex}{suffix}"
    handle = _locked(path)
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        if handle is not None:
            os.close(handle)


def _locked(path: Path) -> int | None:
    """Make a file and lock it as long as the handle is open; None where the system has no such locks."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        if sys.platform == "win32":
            os.close(handle)
            return None
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        if path.exists():  # else a sweep was there between the making and the lock
            return handle
        os.close(handle)


def _remove_abandoned(path: Path) -> None:
    """Remove a temporary file unless its writer holds its lock. Raises OSError where that cannot be told or done."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    try:
        if _is_free(handle):
            path.unlink()
    finally:
        os.close(handle)


def _is_free(handle: int) -> bool:
    """Lock an open file unless somebody else has; where there are no locks, tell whether it is old."""
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                return False
        else:
            return True
    return time.time() - os.fstat(handle).st_mtime > _OLD_S
