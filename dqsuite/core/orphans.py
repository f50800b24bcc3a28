"""A process that ends with the one that started it, however that one ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
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
