"""Seconds of a processor as they would be were nobody else at work on it.

Who shares a core, its memory or its cooling takes up to half of its speed, and a bound on seconds then tells of them.
So a short piece of work is timed again and again in between: where it takes longer than its quickest did, so did the
rest.
"""

from __future__ import annotations

import signal
import time
from types import TracebackType

_EVERY_S = 0.05  # of the process's own time
_QUICKEST = 20  # the mean of the quickest twentieth: the very quickest may be luck


class FullSpeed:
    """Times what is done inside of ``with`` in the main thread.

    Attributes
    ----------
    slowed : float
        How many times as long everything took.
    seconds : float
        What it would have taken.
    """

    slowed: float
    seconds: float

    def __enter__(self) -> FullSpeed:
        self._pieces = [_piece()]
        self._before = signal.signal(signal.SIGPROF, lambda *_: self._pieces.append(_piece()))
        signal.setitimer(signal.ITIMER_PROF, _EVERY_S, _EVERY_S)
        self._began = time.thread_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        took = time.thread_time() - self._began
        signal.signal(signal.SIGPROF, self._before)
        quickest = sorted(self._pieces)[: 1 + len(self._pieces) // _QUICKEST]
        self.slowed = (sum(self._pieces) / len(self._pieces)) / (sum(quickest) / len(quickest))
        self.seconds = (took - sum(self._pieces[1:])) / self.slowed


def _piece() -> float:
    began, total = time.thread_time(), 0
    for number in range(20_000):
        total += number
    return time.thread_time() - began
