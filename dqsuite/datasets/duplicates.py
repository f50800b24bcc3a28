"""Pictures that stand in a data set more than once: in both splits, or in the training set under two labels.

Exact copies are found by a digest of their pixels; near ones (compressed again, slightly brighter, a little noise) by a
perceptual hash, dHash: the signs of the differences between neighbours in a thumbnail of the picture. What the hash
proposes is confirmed by the thumbnails themselves, for pictures of a plain ground share much of their hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.datasets.base import Arrays, Dataset

_EXAMPLES = 5
_SIDE = 8  # dHash compares 8×8 pairs of neighbours
_BITS = 6  # of 64: how many may differ between near copies
_FINE = 16  # pixels: the side of the thumbnails that confirm
_STEP = 2.0  # grey levels: neighbours must differ by more to count, so that noise on a plain ground does not
_LEVELS = 4.0  # grey levels: the root mean square difference that confirmed thumbnails may have
_LIKENESS = 0.99  # the correlation that they have at least, so that pale pictures are not all alike
_ROWS = 512  # hashes compared at once
_CONFIRMED = 10_000  # pairs of thumbnails compared at once


class Pair(NamedTuple):
    """Two records that show one picture; the first is of the training set, the second of the test set or of training.

    `first` and `second` are positions in their splits, `labels` the names of their classes.
    """

    first: int
    second: int
    labels: tuple[str, str]


@dataclass(frozen=True)
class Found:
    """How many records are concerned, and up to five pairs of them."""

    count: int = 0
    examples: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Duplicates:
    """What stands more than once.

    Attributes
    ----------
    both_splits, both_splits_near : Found
        Test records whose picture is a training record too: to the bit; and others of which only a near copy is.
    two_labels, two_labels_near : Found
        Training records whose picture also stands under another label: to the bit; and others with a near copy only.
    """

    both_splits: Found = field(default_factory=Found)
    both_splits_near: Found = field(default_factory=Found)
    two_labels: Found = field(default_factory=Found)
    two_labels_near: Found = field(default_factory=Found)

    @property
    def any(self) -> bool:
        """Whether anything was found."""
        return any(
            found.count for found in (self.both_splits, self.both_splits_near, self.two_labels, self.two_labels_near)
        )


def duplicates(data: Dataset | Arrays, *, near: bool = True) -> Duplicates:
    """Return which records stand in both splits, and which in the training set under two labels.

    Time and memory grow with the number of pictures of about the same brightness; `near=False` looks for exact copies
    alone, which takes about as long as the fingerprint.
    """
    train, test = _digests(data.x_train), _digests(data.x_test)
    names = data.classes
    across = _first_of_each(train, test)
    labelled = _other_label(train, data.y_train)
    exact = Duplicates(
        both_splits=_found(across, data.y_train, data.y_test, names),
        two_labels=_found(labelled, data.y_train, data.y_train, names),
    )
    if not near:
        return exact
    left, right = _Thumbnails.of(data.x_train), _Thumbnails.of(data.x_test)
    across_near = {second: first for first, second in _near(left, right) if second not in across}
    pairs = _near(left, left, lambda first, second: data.y_train[first] != data.y_train[second])
    labelled_near = {second: first for first, second in pairs if second not in labelled}
    return Duplicates(
        exact.both_splits,
        _found(across_near, data.y_train, data.y_test, names),
        exact.two_labels,
        _found(labelled_near, data.y_train, data.y_train, names),
    )


def _found(pairs: dict[int, int], first: NDArray[np.int64], second: NDArray[np.int64], names: tuple[str, ...]) -> Found:
    """Count the records that are keys, each with its partner as value, and name some."""
    some = sorted(pairs.items())[:_EXAMPLES]
    return Found(len(pairs), tuple(Pair(i, j, (names[first[i]], names[second[j]])) for j, i in some))


def _digests(images: NDArray[np.uint8]) -> list[bytes]:
    return [hashlib.blake2b(image.data, digest_size=16).digest() for image in np.ascontiguousarray(images)]


def _first_of_each(train: list[bytes], test: list[bytes]) -> dict[int, int]:
    """Return test record -> the first training record of the same content."""
    first = {digest: position for position, digest in reversed(list(enumerate(train)))}
    return {position: first[digest] for position, digest in enumerate(test) if digest in first}


def _other_label(digests: list[bytes], labels: NDArray[np.int64]) -> dict[int, int]:
    """Return record -> a record of the same content under another label."""
    groups: dict[bytes, list[int]] = {}
    for position, digest in enumerate(digests):
        groups.setdefault(digest, []).append(position)
    several = [group for group in groups.values() if len({int(labels[i]) for i in group}) > 1]
    return {i: next(j for j in group if labels[j] != labels[i]) for group in several for i in group}


@dataclass(frozen=True)
class _Thumbnails:
    """What is left of pictures for the search.

    `fine` is float32 (N, 256), `bits` float32 (N, 64) of -1 and 1, `mean` float32 (N,) grey levels; `order` sorts them
    by it.
    """

    fine: NDArray[np.float32]
    bits: NDArray[np.float32]
    mean: NDArray[np.float32]
    order: NDArray[np.intp]

    @classmethod
    def of(cls, images: NDArray[np.uint8]) -> _Thumbnails:
        """Reduce images uint8 (N, H, W, C), a thousand at a time."""
        parts = [_reduced(images[start : start + 1000]) for start in range(0, len(images), 1000)]
        fine, bits = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        mean = fine.mean(axis=1)
        return cls(fine, bits, mean, np.argsort(mean, kind="stable"))


def _reduced(images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    grey = images.mean(axis=3, dtype=np.float32)
    fine = _averaged(grey, _FINE, _FINE)
    coarse = _averaged(grey, _SIDE, _SIDE + 1)
    bits = np.where(np.diff(coarse, axis=2) > _STEP, np.float32(1), np.float32(-1))
    return fine.reshape(len(images), -1), bits.reshape(len(images), -1)


def _averaged(grey: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Return images (N, H, W) as (N, height, width), each pixel the mean of the area that it covers."""
    rows, columns = (_areas(old, new) for old, new in zip(grey.shape[1:], (height, width), strict=True))
    found: NDArray[np.float32] = np.matmul(np.matmul(rows, grey), columns.T)
    return found


def _areas(old: int, new: int) -> NDArray[np.float32]:
    """Return float32 (new, old): the share of each old pixel in each new one; rows sum to 1."""
    edges = np.arange(new + 1) * (old / new)
    low, high = edges[:-1, np.newaxis], edges[1:, np.newaxis]
    pixel = np.arange(old)
    covered = np.clip(np.minimum(high, pixel + 1) - np.maximum(low, pixel), 0, None)
    shares: NDArray[np.float32] = (covered / covered.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _near(
    left: _Thumbnails,
    right: _Thumbnails,
    wanted: Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.bool]] | None = None,
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of near copies that are wanted; the means of two differ by no more than the pictures do."""
    means = left.mean[left.order]
    for start in range(0, len(right.order), _ROWS):
        rows = right.order[start : start + _ROWS]
        low, high = np.searchsorted(means, [right.mean[rows[0]] - _LEVELS, right.mean[rows[-1]] + _LEVELS])
        candidates = left.order[low:high]
        agreement = right.bits[rows] @ left.bits[candidates].T  # 64 minus twice the bits that differ
        i, j = np.nonzero(agreement >= _SIDE**2 - 2 * _BITS)
        first, second = candidates[j], rows[i]
        if wanted:
            kept = wanted(first, second)
            first, second = first[kept], second[kept]
        for part in range(0, len(first), _CONFIRMED):
            some, other = first[part : part + _CONFIRMED], second[part : part + _CONFIRMED]
            same = _confirmed(left.fine[some], right.fine[other])
            yield from zip(some[same].tolist(), other[same].tolist(), strict=True)


def _confirmed(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.bool]:
    """Tell for each pair of thumbnails (M, 256) whether they show one picture."""
    close = np.square(left - right).mean(axis=1) <= _LEVELS**2
    a, b = (each - each.mean(axis=1, keepdims=True) for each in (left, right))
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    alike: NDArray[np.bool] = close & (np.sum(a * b, axis=1) >= _LIKENESS * norms) & (norms > 0)
    return alike
