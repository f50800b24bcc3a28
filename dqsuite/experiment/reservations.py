"""Who trains what, across machines: reservations in a bucket, which fall to others when their holder's heart stops.

A reservation is an object with its holder's name, which only one can create. Each process that holds some has one
object more, its beat, a number that it raises. Whoever meets a reservation watches the beat by its own running time, so
that no machine's clock has to be right; one that has stood still for `STALE_S` is a dead holder's, and the next
generation of the reservation can again be created by only one. A holder that was only slow finds its outcome stored by
another, and the first write wins.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator
from functools import cached_property
from threading import Event, Lock, Thread

from dqsuite.core.errors import DqError
from dqsuite.experiment.objects import Objects

RESERVED, BEATS = "reserved", "beats"
BEAT_S = 20.0
STALE_S = 90.0  # several beats, and longer than a request is tried again
_LOOK_S = 5.0  # after which a reservation of another is looked at again
_MOST = 1000  # bytes of either object


class Reservations:
    """The reservations of one process. Processes of one `machine` share locks, so that none of them outlives its lock.

    Raises, in each call, DqError where the bucket cannot be used.
    """

    def __init__(self, objects: Objects, machine: str) -> None:
        self._objects, self._machine = objects, machine
        self._others: dict[str, float] = {}  # names that others hold, and when to look again
        self._seen: dict[str, tuple[bytes, float]] = {}  # of each holder: its last beat, and since when
        self._known = Lock()

    @cached_property
    def _holder(self) -> str:
        """The name of this process, whose heart beats from now on."""
        holder = f"{self._machine}/{uuid.uuid4().hex}"
        self._objects.write(_beat(holder), b"0")
        Thread(target=_keep_beating, args=(self._objects, holder), daemon=True).start()
        return holder

    @contextlib.contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Hold an outcome's reservation; yield False where another machine does.

        The caller holds the lock of that name on this machine: a reservation of this machine is a dead process's.
        """
        generation = self._take(name)
        try:
            yield generation is not None
        finally:
            if generation is not None:
                for each in range(generation, -1, -1):
                    self._objects.remove(_reservation(name, each))

    def _take(self, name: str) -> int | None:
        """Return the generation in which we hold a reservation, or None where another holds it."""
        if time.monotonic() < self._others.get(name, 0.0):
            return None
        with self._known:
            holder = self._holder
        generation = 0
        while not self._objects.create(_reservation(name, generation), holder.encode()):
            try:
                other = self._objects.read(_reservation(name, generation), _MOST).decode()
            except KeyError:  # it was given back
                continue
            if not self._objects.has(_reservation(name, generation + 1)) and self._is_alive(other):
                self._others[name] = time.monotonic() + _LOOK_S
                return None
            generation += 1
        return generation

    def _is_alive(self, holder: str) -> bool:
        if holder.partition("/")[0] == self._machine:
            return False
        try:
            beat = self._objects.read(_beat(holder), _MOST)
        except KeyError:
            beat = b""
        known, since = self._seen.get(holder, (None, 0.0))
        if known != beat:
            since = time.monotonic()
            self._seen[holder] = beat, since
        return time.monotonic() - since < STALE_S


def _keep_beating(objects: Objects, holder: str) -> None:
    never = Event()
    count = 0
    while not never.wait(BEAT_S):
        count += 1
        with contextlib.suppress(DqError):  # the next may come through
            objects.write(_beat(holder), str(count).encode())


def _beat(holder: str) -> str:
    return f"{BEATS}/{holder}"


def _reservation(name: str, generation: int) -> str:
    return f"{RESERVED}/{name[:2]}/{name}.{generation}"
