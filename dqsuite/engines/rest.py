"""Workers that hold still on request, so that others have their cores: a number in the store, read on the way."""

from __future__ import annotations

import contextlib
import multiprocessing
import time

from dqsuite.experiment.store import Store

_NOTES, _NAME = "rest", "workers"
_POLL_S = 0.5


class Rest:
    """How many workers of a store are asked to hold still, whoever asks, and whether or not any of them runs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def asked(self) -> int:
        """The number of workers that are to hold still, the first ones; 0 where none was written or can be read."""
        with contextlib.suppress(ValueError):
            return int(self._store.read_note(_NOTES, _NAME) or 0)
        return 0

    def ask(self, count: int) -> None:
        """Let so many hold still from their next epoch on, until less are asked for."""
        self._store.write_note(_NOTES, _NAME, str(count).encode())

    def keep(self, place: int) -> float:
        """Hold still as long as the worker of that place, from 0 on, is asked to; return the seconds that it took.

        A worker whose parent has died holds no longer: it ends as soon as it has something to report.
        """
        if place >= self.asked:
            return 0.0
        began, parent = time.monotonic(), multiprocessing.parent_process()
        while place < self.asked and (parent is None or parent.is_alive()):
            time.sleep(_POLL_S)
        return time.monotonic() - began
