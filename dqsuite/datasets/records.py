"""Labelled pictures, from wherever they come, made into the content of a data set: the one way that all of them go."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.hardware import cores
from dqsuite.datasets import picture, splits
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.checks import checked
from dqsuite.datasets.levels import to_eight_bits
from dqsuite.datasets.names import composed, natural
from dqsuite.datasets.picture import Pixels, Unreadable

_BATCH = 32  # pictures that a thread reads in one go
_NAMED = 100  # unreadable pictures that are named


class Record(NamedTuple):
    """A picture as `picture.read` takes it, its class, what messages call it, and ``train``, ``test`` or nothing."""

    content: object
    label: str
    name: str
    split: str = ""


@dataclass(frozen=True)
class Records:
    """Labelled pictures, which are gone through once.

    `where` is what messages call all of them; without `classes`, the class names are the labels, sorted as people
    count. `notes` is what to say about them.
    """

    where: str
    items: Iterable[Record]
    classes: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Options:
    """What a user may choose: a fraction `test` of each class, drawn with `seed`, tests where no split is given.

    `size` is the side in pixels that pictures are resized to, 0 if they keep theirs; `skip` leaves unreadable ones out.
    """

    test: float = 0.2
    seed: int = 0
    size: int = 0
    skip: bool = False

    @classmethod
    def checked(cls, test: float, seed: int, size: int, skip: str) -> Options:
        """Return the options that a program gives. Raises DqError for what cannot be."""
        if not 0 < test < 1:
            raise DqError(f"{test} is no fraction of a data set to test with", "give one between 0 and 1, such as 0.2")
        if seed < 0 or size < 0:
            raise DqError(f"seed {seed} or size {size} is negative", "give numbers from 0")
        if skip not in ("", "unreadable"):
            raise DqError(f"skip={skip} is not known", "give 'unreadable', or nothing")
        return cls(test, seed, size, skip == "unreadable")


def assembled(records: Records, options: Options) -> Arrays:
    """Return the content of a data set: grey if every picture is, else RGB.

    Raises
    ------
    DqError
        Pictures cannot be read (all are named), differ in size or take more than half of the memory; or what they
        make is no data set.
    """
    found, lost = _read(records, options.size)
    notes = (*records.notes, *_left_out(lost, len(found), options))
    if not found:
        raise DqError(f"{records.where} has no image", "add some")
    images, said = to_eight_bits([pixels.values for _, pixels in found])
    if shallow := sum(pixels.shallow for _, pixels in found):
        said = (*said, f"images with 16 bits for each colour, of which the upper 8 are read: {shallow:,}")
    labels = np.array([composed(record.label) for record, _ in found])
    test = _tested([record.split for record, _ in found], labels, records.classes, options)
    channels = max(image.shape[2] for image in images)
    content = {
        "x_train": _stacked(images, ~test, channels),
        "y_train": labels[~test],
        "x_test": _stacked(images, test, channels),
        "y_test": labels[test],
    }
    return checked(content, records.where, records.classes)._replace(notes=(*notes, *said))


def _read(records: Records, size: int) -> tuple[list[tuple[Record, Pixels]], list[str]]:
    """Return the pictures with their records, without what they were read from; and which could not be, and why."""
    found: list[tuple[Record, Pixels]] = []
    lost: list[str] = []
    room, used = _memory() / 2, 0
    count = len(records.items) if isinstance(records.items, Sized) else 0
    with picture.quiet():
        for record, pixels in _in_threads(records.items, size):
            if isinstance(pixels, str):
                lost.append(f"{record.name} ({pixels})")
                continue
            _check_size(record, pixels, found[0] if found else None)
            found.append((record._replace(content=None), pixels))
            used += pixels.values.nbytes
            if max(used, count * pixels.values.nbytes) > room:  # all are of one size
                raise DqError(
                    f"the images of {records.where} take more than half of this machine's memory",
                    "add ;size=64, or another side in pixels, to read them smaller",
                )
    return found, lost


def _in_threads(items: Iterable[Record], size: int) -> Iterator[tuple[Record, Pixels | str]]:
    """Yield each record with its picture, or why it cannot be read, in order; few are waiting at any time."""

    def work(part: list[Record]) -> list[tuple[Record, Pixels | str]]:
        return [(record, _pixels(record, size)) for record in part]

    threads = cores()
    waiting: deque[Future[list[tuple[Record, Pixels | str]]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            source = iter(items)
            while part := list(islice(source, _BATCH)):
                waiting.append(pool.submit(work, part))
                if len(waiting) > 2 * threads:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _pixels(record: Record, size: int) -> Pixels | str:
    try:
        return picture.read(record.content, record.name, size)
    except Unreadable as error:
        return str(error)


def _check_size(record: Record, pixels: Pixels, first: tuple[Record, Pixels] | None) -> None:
    if first and pixels.values.shape[:2] != first[1].values.shape[:2]:
        (one, other), (high, wide) = first[1].values.shape[:2], pixels.values.shape[:2]
        raise DqError(
            f"the images differ in size: {first[0].name} is {one}x{other}, {record.name} {high}x{wide} pixels",
            "add ;size=32 to resize all of them",
        )


def _left_out(lost: list[str], found: int, options: Options) -> tuple[str, ...]:
    """Return what to say about pictures that cannot be read. Raises DqError unless they are to be skipped."""
    if not lost:
        return ()
    more = f" and {len(lost) - _NAMED:,} more" if len(lost) > _NAMED else ""
    named = ", ".join(lost[:_NAMED]) + more
    count = f"{len(lost):,} of {len(lost) + found:,} images"
    if not options.skip:
        raise DqError(
            f"cannot read {count}: {named}", "repair or remove them, or add ;skip=unreadable to go on without"
        )
    return (f"left out {count}, which cannot be read: {named}",)


def _tested(
    given: list[str], labels: NDArray[np.str_], classes: tuple[str, ...] | None, options: Options
) -> NDArray[np.bool]:
    """Mark the records (N,) that test: those that say so, or a part that is drawn from each class."""
    if any(given):
        return np.fromiter((part == "test" for part in given), np.bool, len(given))
    place = {name: label for label, name in enumerate(classes or natural(labels.tolist()))}
    numbers = np.array([place.get(name, len(place)) for name in labels.tolist()], np.int64)
    return splits.drawn(numbers, options.test, options.seed)


def _stacked(images: list[NDArray[np.uint8]], chosen: NDArray[np.bool], channels: int) -> NDArray[np.uint8]:
    """Return the chosen ones as (M, H, W, C); grey ones among coloured ones become RGB."""
    places = np.flatnonzero(chosen).tolist()
    stacked = np.empty((len(places), *images[0].shape[:2], channels), np.uint8)
    for target, place in zip(stacked, places, strict=True):
        target[:] = images[place]
    return stacked


def _memory() -> float:
    """Return the memory of this machine in bytes, infinity where it is not told."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return float("inf")
