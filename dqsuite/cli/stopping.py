"""How a training is stopped from outside."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from threading import current_thread, main_thread


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does: in good order, with its workers, and in one line.

    Elsewhere it ends the process at once, which it could not were it waiting for a library.
    """
    usual = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL  # else somebody wants it ignored, or handled otherwise
    if not usual or current_thread() is not main_thread():  # Python hands signals to no other
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
