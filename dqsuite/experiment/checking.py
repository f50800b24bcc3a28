"""Makes sure of an outcome's record, whoever wrote it: the one door by which outcomes come in.

What is behind it is texts, bytes and numbers, which pass quickly from process to process.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from msgspec import to_builtins
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.foreign import as_type, json_as
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.encoding import FORMAT, OtherVersionError
from dqsuite.experiment.recipes import Recipe
from dqsuite.experiment.schema import (
    LONGEST_CURVE,
    CellHeader,
    Fingerprint,
    ManifestHeader,
    OutcomeHeader,
    Provenance,
    Repeat,
    Text,
    is_plain,
    require_visible,
)

CURVES = ("train_loss", "train_accuracy", "test_accuracy", "learning_rate")
_RECORDS = 2**53  # what a float counts exactly
_SECONDS = 1e10
_LARGEST = 1e18  # of any number in a header
_REPEAT = re.compile(rb'"repeat"\s*:\s*\d+')
_LABELS, _CURVE = (np.dtype(np.uint8), np.dtype(np.uint16)), np.dtype(np.float32)


class Checked(NamedTuple):
    """What a record holds that was made sure of.

    Attributes
    ----------
    key : str
        The name that belongs to it in a store.
    condition : bytes
        JSON of its cell but for the repeat, one object for all repeats.
    repeat, classes, epochs : int
    fingerprint, stopped : str
    labels : str
        The type of the predictions, as numpy writes it.
    measured : bytes
        One piece of memory: the curves, float32 (4, E), then the predictions at the last and at the best epoch, (N,).
    manifest, provenance : bytes
        JSON.
    """

    key: str
    condition: bytes
    repeat: int
    classes: int
    epochs: int
    fingerprint: str
    stopped: str
    labels: str
    measured: bytes
    manifest: bytes
    provenance: bytes

    @property
    def cell(self) -> Cell:
        """The cell."""
        return replace(_condition(self.condition)[1], repeat=self.repeat)


def checked(text: bytes, arrays: Mapping[str, NDArray[Any]]) -> Checked:
    """Return what a record holds, of its header in JSON and its arrays.

    Raises
    ------
    OtherVersionError
        Another version of dqsuite wrote it.
    ValueError
        It is damaged.
    """
    parts = json_as(text, OutcomeHeader)
    if parts.format != FORMAT:
        raise OtherVersionError(f"outcome format {str(parts.format)[:20]}, this version reads {FORMAT}")
    try:
        last, moved, curves = arrays["last"], arrays["best_xor_last"], arrays["curves"]
    except KeyError as error:
        raise ValueError(f"not an outcome: it lacks {error}") from error
    fingerprint, stopped = json_as(parts.fingerprint, Fingerprint), json_as(parts.stopped, Text)
    manifest, run = bytes(parts.manifest), json_as(parts.provenance, Provenance)
    if not is_plain(text):
        damage = json_as(manifest, ManifestHeader)
        require_visible(to_builtins([json_as(parts.cell, CellHeader), damage, stopped, run]))
    classes = _classes(manifest)
    _check_run(run)
    _check_arrays(last, moved, curves)
    best = moved ^ last
    if classes <= max(last.max(), best.max()):
        raise ValueError("damaged record: it predicts a class that there is not")
    condition, first = _condition(_REPEAT.sub(b'"repeat":0', parts.cell, count=1))
    repeat = json_as(parts.cell, Repeat).repeat
    return Checked(
        replace(first, repeat=repeat).key(fingerprint),
        condition,
        repeat,
        classes,
        curves.shape[1],
        sys.intern(fingerprint),
        sys.intern(stopped),
        last.dtype.str,
        b"".join((curves.tobytes(), last.tobytes(), best.tobytes())),
        manifest,
        bytes(parts.provenance),
    )


@lru_cache(maxsize=4096)
def _condition(text: bytes) -> tuple[bytes, Cell]:
    """Return JSON of a cell of repeat 0, and the cell: read once for all repeats. Raises ValueError as `checked`."""
    if json_as(text, CellHeader).repeat:
        raise ValueError("damaged record: its cell has two repeats")
    values = json_as(text, dict[str, Any])
    _check_numbers(values["recipe"])
    try:
        as_type(values["recipe"], Recipe)
    except DqError as error:
        raise OtherVersionError(str(error)) from error
    try:
        return text, Cell.from_json(values)
    except (TypeError, ValueError, OverflowError, DqError) as error:  # a setting or field that this version lacks
        raise OtherVersionError(f"its cell is not of this version ({error})") from error


@lru_cache(maxsize=128)  # of a thousand classes, each takes megabytes
def _classes(text: bytes) -> int:
    """Return of how many classes a damage in JSON tells: looked at once for all repeats. Raises ValueError."""
    damage = json_as(text, ManifestHeader)
    k, kept = len(damage.histogram_before), sum(map(sum, damage.transitions))
    if k < 1 or [len(row) for row in damage.transitions] != [k] * k or not 0 < kept < _RECORDS:
        raise ValueError("damaged record: its damage does not fit together")
    return k


def _check_run(told: Mapping[str, Any]) -> None:
    """Raise ValueError where a record does not say how long it took, or a number in it is none."""
    seconds = told.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < _SECONDS:
        raise ValueError("damaged record: it does not say how long it took")
    _check_numbers(told)


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
    least, most = np.fmin.reduce(rates, axis=None), np.fmax.reduce(rates, axis=None)
    if least < 0 or most > 1:  # nan is neither
        raise ValueError("damaged record: an accuracy in it is no fraction")
