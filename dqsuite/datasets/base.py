"""What a data set is, and what it takes to be the source of one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Arrays(NamedTuple):
    """The content of a data set.

    Images are uint8 of shape (N, H, W, C) with C 1 or 3, labels int64 of shape (N,) with values from 0 to K - 1.
    `notes` is what a user should know about how it was read, a sentence each; it is no part of the fingerprint.
    """

    x_train: NDArray[np.uint8]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.int64]
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """Return 16 hex digits of the SHA-256 over shapes, dtypes and class names, then the bytes of the arrays."""
        arrays = (self.x_train, self.y_train, self.x_test, self.y_test)
        shapes = [(array.dtype.str, array.shape) for array in arrays]
        digest = hashlib.sha256(json.dumps([shapes, self.classes]).encode())
        for array in arrays:
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class DatasetIdentity:
    """The canonical name of a data set, the fingerprint of its content, and what to say about how it was read."""

    name: str
    fingerprint: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Dataset:
    """Training images, a clean test split and what the classes are called.

    Attributes
    ----------
    name : str
        The canonical text, ``mnist`` or ``npz:STEM@DIGEST``.
    x_train, x_test : uint8 (N, H, W, C)
        The images, C is 1 or 3.
    y_train, y_test : int64 (N,)
        The labels, from 0 to K - 1.
    classes : tuple of str
        The K class names.
    fingerprint : str
        16 hex digits of the content, computed unless they are known already.
    notes : tuple of str
        What a user should know about how it was read: what was left out, which part tests, how levels were stretched.
    """

    name: str
    x_train: NDArray[np.uint8]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.int64]
    classes: tuple[str, ...]
    fingerprint: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", self.arrays.fingerprint())

    @property
    def arrays(self) -> Arrays:
        """The content alone."""
        return Arrays(self.x_train, self.y_train, self.x_test, self.y_test, self.classes, self.notes)


class DataSource(Protocol):
    """One data set that can be read; bound to the term that names it."""

    def stamp(self) -> str:
        """Return a text that changes whenever `read` would return something else, without reading an array."""

    def read(self) -> Arrays:
        """Return the content, checked."""

    def name(self, fingerprint: str) -> str:
        """Return the canonical name of the data set with this fingerprint."""
