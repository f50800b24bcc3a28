"""What a trained cell leaves: a record of a JSON header and small arrays.

The best epoch's predictions are stored as their exclusive or with the last epoch's: mostly zeros, so that a record of
10,000 test images packs to some 5 KB.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.foreign import as_type, json_as
from dqsuite.corruptions import Manifest
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.encoding import FORMAT, LARGEST, OtherVersionError, Packed, encoded, opened, pack
from dqsuite.experiment.recipes import Recipe
from dqsuite.experiment.schema import LONGEST_CURVE, OutcomeHeader, Parts, header_of

_RECORDS = 2**53  # what a float counts exactly
_SECONDS = 1e10
_LARGEST = 1e18  # of any number in a header
_KEPT = 4096  # bytes of what a condition's repeats share
_LABELS, _CURVE = (np.dtype(np.uint8), np.dtype(np.uint16)), np.dtype(np.float32)
CURVES = ("train_loss", "train_accuracy", "test_accuracy", "learning_rate")


class _Curves(Mapping[str, NDArray[np.float32]]):
    """The rows (E,) of an array by the names of `CURVES`."""

    __slots__ = ("_rows",)

    def __init__(self, rows: NDArray[np.float32]) -> None:
        self._rows = rows

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        if name not in CURVES:
            raise KeyError(name)
        found: NDArray[np.float32] = self._rows[CURVES.index(name)]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(CURVES)

    def __len__(self) -> int:
        return len(CURVES)


@dataclass(frozen=True, eq=False)
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
        return cls._of_text(*opened(data, LARGEST))

    @classmethod
    def of_record(cls, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Outcome:
        """Return the outcome of an unpacked record. Raises as `from_bytes`."""
        return cls._of_text(encoded(header), arrays)

    @classmethod
    def _of_text(cls, text: bytes, arrays: Mapping[str, NDArray[Any]]) -> Outcome:
        parts = json_as(text, Parts)
        if parts.format != FORMAT:
            raise OtherVersionError(f"outcome format {str(parts.format)[:20]}, this version reads {FORMAT}")
        try:
            last, best, curves = arrays["last"], arrays["best_xor_last"], arrays["curves"]
        except KeyError as error:
            raise ValueError(f"not an outcome: it lacks {error}") from error
        known = header_of(text, OutcomeHeader)
        _check_header(known)
        _check_arrays(last, best, curves)
        outcome = cls(
            cell=_cell(json_as(parts.cell, dict[str, Any])),
            fingerprint=sys.intern(known.fingerprint),
            curves=_Curves(curves.copy()),  # without the bytes around it, for there may be many
            last=last.copy(),
            best=best ^ last,
            manifest=Packed(bytes(parts.manifest)),
            stopped=sys.intern(known.stopped),
            provenance=Packed(bytes(parts.provenance)),
        )
        object.__setattr__(outcome, "classes", len(known.manifest.histogram_before))  # else read again, of each
        if outcome.classes <= max(outcome.last.max(), outcome.best.max()):
            raise ValueError("damaged record: it predicts a class that there is not")
        return outcome

    @property
    def damage(self) -> Manifest:
        """The realised damage."""
        return Manifest.from_json(dict(self.manifest.items()))

    @cached_property
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


def _check_header(known: OutcomeHeader) -> None:
    """Raise ValueError where a header is not what this version can use."""
    damage, k = known.manifest, len(known.manifest.histogram_before)
    kept = sum(map(sum, damage.transitions))
    if k < 1 or [len(row) for row in damage.transitions] != [k] * k or not 0 < kept < _RECORDS:
        raise ValueError("damaged record: its damage does not fit together")
    seconds = known.provenance.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < _SECONDS:
        raise ValueError("damaged record: it does not say how long it took")
    _check_numbers(known.provenance)


def _check_numbers(told: Mapping[str, Any]) -> None:
    numbers = [each for each in told.values() if isinstance(each, int | float)]
    if not all(math.isfinite(each) and abs(each) < _LARGEST for each in numbers):
        raise ValueError("damaged record: a number in it is none")


def _check_arrays(last: NDArray[Any], best: NDArray[Any], curves: NDArray[Any]) -> None:
    """Raise ValueError where arrays are not those of an outcome."""
    if last.dtype not in _LABELS or last.ndim != 1 or not last.size:
        raise ValueError("damaged record: its predictions are none")
    if last.dtype != best.dtype or last.shape != best.shape:
        raise ValueError("damaged record: its predictions do not fit together")
    if curves.dtype != _CURVE or curves.ndim != 2 or len(curves) != len(CURVES):
        raise ValueError("damaged record: its curves are not complete")
    if not 0 < curves.shape[1] <= LONGEST_CURVE:
        raise ValueError("damaged record: its curves are empty or too long")
    rates = curves[1:3]
    if ((rates < 0) | (rates > 1)).any():  # nan is neither
        raise ValueError("damaged record: an accuracy in it is no fraction")


def _cell(values: Mapping[str, Any]) -> Cell:
    """Return a header's cell; what the repeats of a condition share is read once, unless it is very long."""
    shared = encoded({name: value for name, value in values.items() if name != "repeat"})
    found = (_condition if len(shared) <= _KEPT else _condition.__wrapped__)(shared)
    return replace(found, repeat=values["repeat"])


@lru_cache(maxsize=4096)
def _condition(shared: bytes) -> Cell:
    """Return the first repeat of a cell in JSON without its repeat."""
    values = json_as(shared, dict[str, Any]) | {"repeat": 0}
    _check_numbers(values["recipe"])
    try:
        as_type(values["recipe"], Recipe)
    except DqError as error:
        raise OtherVersionError(str(error)) from error
    try:
        return Cell.from_json(values)
    except (
        TypeError,
        ValueError,
        OverflowError,
        DqError,
    ) as error:  # a setting or a field that this version does not know
        raise OtherVersionError(f"its cell is not of this version ({error})") from error
