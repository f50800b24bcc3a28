"""``npz:PATH``: one file with ``x_train y_train x_test y_test``, as Keras keeps its data sets."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.datasets import params
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import file_stamp
from dqsuite.datasets.checks import checked, decoded
from dqsuite.datasets.names import plain
from dqsuite.datasets.paths import expanded, file_at, reading

_KEYS = ("x_train", "y_train", "x_test", "y_test")
_SAVE = "write it with np.savez(path, x_train=..., y_train=..., x_test=..., y_test=...)"
_BROKEN = (EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)  # what a broken npz can raise


@dataclass(frozen=True)
class Npz:
    """The npz file at a path."""

    path: Path

    def stamp(self) -> str:
        """Return the stamp of the file."""
        file_at(self.path)
        return file_stamp([self.path])

    def read(self) -> Arrays:
        """Return the content; class names are read from ``classes`` or ``class_names``."""
        return read(self.path)

    def name(self, fingerprint: str) -> str:
        """Return ``npz:STEM@DIGEST``: the folder it lies in is nobody's business."""
        return f"npz:{plain(self.path.stem)}@{fingerprint[:12]}"


def source(term: Term) -> Npz:
    """Return the data set that ``npz:PATH`` names."""
    params.only(term, value=True)
    return Npz(expanded(term.value))


def read(path: Path, classes: tuple[str, ...] | None = None) -> Arrays:
    """Return the content of an npz file, with the given class names or those in the file.

    Raises
    ------
    DqError
        The file is missing, broken, or not what `checked` accepts.
    """
    file_at(path)
    with reading(path), path.open("rb") as handle:
        arrays, named = _content(handle, path)
    return checked(arrays, str(path), classes or named)


def _content(handle: BinaryIO, path: Path) -> tuple[dict[str, NDArray[Any]], tuple[str, ...] | None]:
    """Return the four arrays, and the class names if there are any."""
    try:
        file = np.load(handle, allow_pickle=False)
    except _BROKEN as error:
        raise DqError(f"{path} is not an npz file, or a truncated one", _SAVE) from error
    if not isinstance(file, NpzFile):
        raise DqError(f"{path} is a single array (npy), not an npz file", _SAVE)
    if missing := [key for key in _KEYS if key not in file]:
        raise DqError(f"{path} lacks {', '.join(missing)} and has {', '.join(file) or 'nothing'}", _SAVE)
    arrays = {key: _array(file, key, path) for key in _KEYS}
    names = next((_array(file, key, path) for key in ("classes", "class_names") if key in file), None)
    return arrays, None if names is None else tuple(map(str, decoded(names.ravel(), "the class names").tolist()))


def _array(file: NpzFile, key: str, path: Path) -> NDArray[Any]:
    try:
        array: NDArray[Any] = file[key]
    except _BROKEN as error:
        if "allow_pickle" in str(error):
            raise DqError(
                f"{key} in {path} is an array of Python objects, which could run any code when read",
                "save it as numbers of one shape or as text, np.array(names, dtype=str)",
            ) from error
        raise DqError(f"{key} in {path} cannot be read, the file is damaged or truncated", _SAVE) from error
    return array
