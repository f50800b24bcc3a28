"""Sides that take turns, each in a process of its own so that neither meets the other's threads and settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[..., Any]
"""``call(function, *arguments)`` returns what the function returns in the process."""


@contextmanager
def process() -> Iterator[Call]:
    """Start a process that keeps, from call to call, what it has imported and loaded."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_end_with_the_parent) as pool:

        def call(function: Callable[..., T], *arguments: object) -> T:
            return pool.submit(function, *arguments).result()

        yield call


def _end_with_the_parent() -> None:
    """Leave as soon as the parent is gone: a pool's process would wait for work for ever after it was killed."""
    parent = parent_process()
    assert parent is not None  # in a process of a pool

    def follow() -> None:
        parent.join()
        os._exit(1)

    Thread(target=follow, daemon=True).start()


def in_turn(turns: int, ours: Callable[[int], T], other: Callable[[int], T]) -> list[tuple[T, T]]:
    """Return what the sides return when they are called A B A B with the number of the turn."""
    return [(ours(turn), other(turn)) for turn in range(turns)]
