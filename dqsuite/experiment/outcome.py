"""What a trained cell leaves: a record of a JSON header and small arrays.

The best epoch's predictions are stored as their exclusive or with the last epoch's: mostly zeros, so that a record of
10,000 test images packs to some 5 KB.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import getitem
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.foreign import json_as
from dqsuite.corruptions import Manifest
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.checking import CURVES, Checked, checked
from dqsuite.experiment.encoding import FORMAT, LARGEST, Packed, encoded, opened, pack

__all__ = ["CURVES", "Outcome"]
_PLACES = {name: place for place, name in enumerate(CURVES)}


class _Curves(Mapping[str, NDArray[np.float32]]):
    """The rows (E,) by the names of `CURVES` of an array with which a piece of memory begins."""

    __slots__ = ("_data", "_epochs")

    def __init__(self, data: bytes, epochs: int) -> None:
        self._data, self._epochs = data, epochs

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        return np.frombuffer(self._data, np.float32, self._epochs, 4 * self._epochs * _PLACES[name])

    def __iter__(self) -> Iterator[str]:
        return iter(CURVES)

    def __len__(self) -> int:
        return len(CURVES)


@dataclass(frozen=True, eq=False, slots=True)  # of which a store may have a hundred thousand
class Outcome:
    """A trained cell's measurements on the clean test set of N images, over E epochs.

    Attributes
    ----------
    cell, fingerprint
        What was trained, and the fingerprint of the data set.
    curves : dict of float32 (E,)
        `CURVES`, one value per epoch, of two stages one after the other; accuracies are fractions, nan where the recipe
        leaves an epoch unmeasured.
    last, best : uint8 or uint16 (N,)
        Predicted class of each test image after the last epoch, and after the one with the best test accuracy (the
        first of several).
    manifest : dict
        The realised damage, as `dqsuite.corruptions.Manifest.to_json` gives it.
    stopped : str
        Why training ended: ``epochs``, ``updates``, ``patience``, ``fit``, or ``cap`` (it should have gone on until
        the training set was fitted, and its epochs ran out).
    provenance : dict
        Seconds, device, threads, versions, time: what is no part of the identity.
    """

    cell: Cell
    fingerprint: str
    curves: Mapping[str, NDArray[np.float32]]
    last: NDArray[np.unsignedinteger[Any]]
    best: NDArray[np.unsignedinteger[Any]]
    manifest: Mapping[str, Any]
    stopped: str
    provenance: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Name of this outcome in a store."""
        return self.cell.key(self.fingerprint)

    def to_bytes(self) -> bytes:
        """Pack into a compressed npz."""
        header = {
            "format": FORMAT,
            "cell": self.cell.to_json(),
            "fingerprint": self.fingerprint,
            "manifest": dict(self.manifest.items()),
            "stopped": self.stopped,
            "provenance": dict(self.provenance.items()),
        }
        curves = np.stack([np.asarray(self.curves[name], np.float32) for name in CURVES])
        return pack(header, curves=curves, last=self.last, best_xor_last=self.best ^ self.last)

    @classmethod
    def from_bytes(cls, data: bytes) -> Outcome:
        """Unpack what `to_bytes` made.

        Raises
        ------
        OtherVersionError
            Another version of dqsuite wrote it.
        ValueError
            The bytes are damaged.
        """
        return cls.of(checked(*opened(data, LARGEST)))

    @classmethod
    def of_record(cls, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Outcome:
        """Return the outcome of an unpacked record. Raises as `from_bytes`."""
        return cls.of(checked(encoded(header), arrays))

    @classmethod
    def of(cls, found: Checked) -> Outcome:
        """Return the outcome of a record that was made sure of."""
        kind, start = np.dtype(found.labels), 4 * len(CURVES) * found.epochs
        images = (len(found.measured) - start) // (2 * kind.itemsize)
        return cls(
            cell=found.cell,
            fingerprint=sys.intern(found.fingerprint),
            curves=_Curves(found.measured, found.epochs),
            last=np.ndarray(images, kind, found.measured, start),
            best=np.ndarray(images, kind, found.measured, start + images * kind.itemsize),
            manifest=Packed(found.manifest),
            stopped=sys.intern(found.stopped),
            provenance=Packed(found.provenance),
        )

    @property
    def damage(self) -> Manifest:
        """The realised damage."""
        return _damage(self.manifest.text if isinstance(self.manifest, Packed) else encoded(self.manifest))

    @property
    def kept(self) -> tuple[int, int]:
        """The records finally kept, and those of them whose label is wrong: `damage` has it, and takes longer."""
        rows = self.manifest["transitions"]
        whole = sum(map(sum, rows))
        return whole, whole - sum(map(getitem, rows, range(len(rows))))

    @property
    def classes(self) -> int:
        """The number of classes."""
        return len(self.manifest["histogram_before"])

    def fits(self, card: Card) -> bool:
        """Tell whether it can have been measured on the card's data set."""
        sized = self.last.shape == card.y_test.shape and self.classes == len(card.classes)
        return sized and self.fingerprint == card.fingerprint

    def same_measurement(self, other: Outcome) -> bool:
        """Tell whether two outcomes agree to the bit in everything that was measured."""
        return (
            self.manifest == other.manifest
            and all(np.array_equal(self.curves[name], other.curves[name], equal_nan=True) for name in CURVES)
            and np.array_equal(self.last, other.last)
            and np.array_equal(self.best, other.best)
        )


@lru_cache(maxsize=128)  # of a thousand classes, each takes megabytes
def _damage(text: bytes) -> Manifest:
    """Return a damage written as JSON, which many trainings have in common."""
    return Manifest.from_json(json_as(text, dict[str, Any]))
