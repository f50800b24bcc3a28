"""What a trained cell leaves: a record of a JSON header and small arrays.

The best epoch's predictions are stored as their exclusive or with the last epoch's: mostly zeros, so that a record of
10,000 test images packs to some 5 KB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.encoding import FORMAT, OtherVersionError, pack, unpack

CURVES = ("train_loss", "train_accuracy", "test_accuracy", "learning_rate")


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
            "manifest": self.manifest,
            "stopped": self.stopped,
            "provenance": self.provenance,
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
        header, arrays = unpack(data)
        try:
            if header["format"] != FORMAT:
                raise OtherVersionError(f"outcome format {header['format']}, this version reads {FORMAT}")
            last, best = arrays["last"], arrays["best_xor_last"]
            float(header["provenance"]["seconds"])
            if last.dtype.kind != "u" or last.ndim != 1 or last.dtype != best.dtype or last.shape != best.shape:
                raise ValueError("damaged record: its predictions do not fit together")
            if arrays["curves"].shape[0] != len(CURVES) or not arrays["curves"].size:
                raise ValueError("damaged record: its curves are not complete")
            return cls(
                cell=_cell(header["cell"]),
                fingerprint=header["fingerprint"],
                curves=dict(zip(CURVES, arrays["curves"], strict=True)),
                last=last,
                best=best ^ last,
                manifest=header["manifest"],
                stopped=header["stopped"],
                provenance=header["provenance"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an outcome: {error!r}") from error

    def same_measurement(self, other: Outcome) -> bool:
        """Tell whether two outcomes agree to the bit in everything that was measured."""
        return (
            self.manifest == other.manifest
            and all(np.array_equal(self.curves[name], other.curves[name], equal_nan=True) for name in CURVES)
            and np.array_equal(self.last, other.last)
            and np.array_equal(self.best, other.best)
        )


def _cell(values: Mapping[str, Any]) -> Cell:
    try:
        return Cell.from_json(values)
    except (TypeError, DqError) as error:  # a setting or a field that this version does not know
        raise OtherVersionError(f"its cell is not of this version ({error})") from error
