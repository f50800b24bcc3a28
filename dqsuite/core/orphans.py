"""Processes that end with the one that started them, however that one ended, and are not torn out of their start."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from threading import Thread

_PDEATHSIG = 1  # of prctl(2)
_POLL_S = 0.25


def end_with_parent(pid: int | None = None) -> None:
    """Have this process killed as soon as its parent is gone: it could not end in good order, and need not.

    Linux is asked to do so, which reaches a process whatever it is at. There the thread that started this process is
    what it ends with: one that waits for it. Elsewhere a thread looks now and then; on Windows nothing tells, and a
    worker ends when it has something to report.

    Parameters
    ----------
    pid : int, optional
        The parent's number, where it is known from elsewhere: the parent may be gone by now.
    """
    if sys.platform == "win32":
        return
    parent = pid or os.getppid()
    if sys.platform == "linux" and not ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return
    Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_S)
    os.kill(os.getpid(), signal.SIGKILL)


@contextlib.contextmanager
def interrupts_waiting() -> Iterator[None]:
    """Let Ctrl-C wait: a process that starts meanwhile inherits that, and is not torn out of its imports."""
    if sys.platform == "win32":  # it has no such masks
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
