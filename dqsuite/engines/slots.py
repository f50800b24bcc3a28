"""Places to train in: no more processes at once than there are cores, however many share a store.

More of them would train in turns and push each other out of the caches.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def slot(folder: Path, count: int) -> Iterator[bool]:
    """Hold one of `count` places, freed by the system when the process dies; yield False where all are taken.

    Parameters
    ----------
    folder : Path
        Where every process that shares the places looks for them.
    """
    for number in range(count):
        lock = FileLock(folder / f"{number}.slot", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            continue
        try:
            yield True
        finally:
            lock.release()
        return
    yield False
