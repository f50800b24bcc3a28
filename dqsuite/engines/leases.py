"""Who trains what, and where: locks in the store's scratch folder, which the system frees when their process dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from filelock import FileLock, Timeout

from dqsuite.core.errors import DqError
from dqsuite.experiment.store import Store


class Leases:
    """The locks of all workers on one store. Raises DqError where the store cannot be written."""

    def __init__(self, store: Store) -> None:
        self._store, self._folder = store, store.scratch()

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Hold the lease of an outcome; yield False where another worker does.

        Its file stays where the block ends in an error, or with its process: `begun` then tells.
        """
        path = self._path(name)
        with _held(path) as held, self._store.reserve(name) if held else nullcontext(False) as ours:
            yield ours
        if ours:
            path.unlink(missing_ok=True)  # whoever still waits for it finds the outcome stored

    def begun(self, name: str) -> bool:
        """Tell whether an outcome was begun and not brought to an end: it is being trained, was refused, or killed."""
        return self._path(name).exists()

    @contextmanager
    def slot(self, count: int) -> Iterator[bool]:
        """Hold one of `count` places to train in; yield False where all are taken.

        More processes than cores would train in turns and push each other out of the caches, however many share a
        store.
        """
        for number in range(count):
            with _held(self._folder / f"{number}.slot") as held:
                if held:
                    yield True
                    return
        yield False

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lease"


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    except OSError as error:  # a folder, or a file of another user
        raise DqError(f"the lease {path} cannot be taken ({error.strerror})", "remove it") from error
    try:
        yield True
    finally:
        lock.release()
