"""Work that reports by calling back, as a generator of what it reports: it runs in a thread while its reader waits."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Generator
from queue import SimpleQueue
from threading import Semaphore, Thread

from dqsuite.engines.interface import Event, Report


class _Stopped(BaseException):
    """Nobody reads on."""


def events_of(work: Callable[[Report], None]) -> Generator[Event]:
    """Yield each event that `work` reports; it goes on when the next one is asked for.

    What it raises is raised here. Closing the generator stops it at once, as Ctrl-C does in the main thread: at
    the next step of Python's.
    """
    told: SimpleQueue[Event | BaseException | None] = SimpleQueue()
    wanted = Semaphore(0)
    stopped = False

    def report(event: Event) -> None:
        told.put(event)
        wanted.acquire()
        if stopped:
            raise _Stopped

    def run() -> None:
        try:
            work(report)
        except _Stopped:
            return
        except BaseException as error:
            told.put(error)
        else:
            told.put(None)

    thread = Thread(target=run, daemon=True)
    thread.start()
    running = True
    try:
        while isinstance(event := told.get(), Event):
            yield event
            wanted.release()
        running = False
        if event is not None:
            raise event
    finally:
        if running:
            stopped = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stopped))
            wanted.release()
        thread.join()
