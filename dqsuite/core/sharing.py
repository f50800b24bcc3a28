"""Work that several processes share out, for what takes a second and more."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from dqsuite.core.errors import DqError
from dqsuite.core.orphans import end_with_parent, interrupts_waiting

Part = TypeVar("Part")
Result = TypeVar("Result")
_AHEAD = 2  # parts a process that wait for it or for us


def shared_out(work: Callable[[Part], Result], parts: Iterable[Part], processes: int) -> Iterator[Result]:
    """Yield what is made of each part, in their order; parts are taken as they are needed.

    Parameters
    ----------
    work : callable
        A function of a module, which others can import too.
    processes : int
        How many others do it; below two, this one does. They end with it, however it ends. A script that asks for them
        needs Python's usual ``if __name__ == "__main__":``.

    Raises
    ------
    DqError
        One of the processes died.
    """
    if processes < 2:
        yield from map(work, parts)
        return
    context = multiprocessing.get_context("spawn")  # a forked copy of a process with threads may hang
    crew = ProcessPoolExecutor(processes, context, _begin, (os.getpid(),))
    waiting: deque[Future[Result]] = deque()
    try:
        for part in parts:
            with interrupts_waiting():
                waiting.append(crew.submit(work, part))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise DqError("a process that helped has died", "look for a lack of memory, and try again") from None
    finally:
        crew.shutdown(cancel_futures=True)


def _begin(parent: int) -> None:
    end_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends this process
