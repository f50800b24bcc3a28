"""``npz:PATH``: one file with ``x_train y_train x_test y_test``, as Keras keeps its data sets."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.escapes import line
from dqsuite.core.foreign import LONGEST_HEADER, array_of, bytes_of, header_size, layout_of, opened, said
from dqsuite.core.grammar import Term
from dqsuite.core.hardware import memory
from dqsuite.core.zips import Archive
from dqsuite.datasets import params
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import file_stamp
from dqsuite.datasets.checks import checked, decoded
from dqsuite.datasets.names import plain
from dqsuite.datasets.paths import expanded, file_at, reading

_KEYS = ("x_train", "y_train", "x_test", "y_test")
_SAVE = "write it with np.savez(path, x_train=..., y_train=..., x_test=..., y_test=...)"
_NAMED = 10  # of the members that a file has
_FREE = 0.5  # of the memory, that arrays may take before they are turned into what we use
_SMALL, _DENSEST = 2**28, 100  # bytes that any file may unpack to, and times its size that a large one may
_LAST_CHARACTER = 0x10FFFF  # of Unicode


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
    with reading(path), opened(path) as handle:
        arrays, named = _content(handle, path)
    return checked(arrays, str(path), classes or named)


def _content(handle: IO[bytes], path: Path) -> tuple[dict[str, NDArray[Any]], tuple[str, ...] | None]:
    """Return the four arrays, and the class names if there are any."""
    if handle.read(6) == b"\x93NUMPY":
        raise DqError(f"{path} is a single array (npy), not an npz file", _SAVE)
    try:
        file = Archive(handle)
    except ValueError as error:
        raise DqError(f"{path} is not an npz file, or a truncated one ({error})", _SAVE) from error
    names = {name.removesuffix(".npy"): name for name in file.sizes}
    if missing := [key for key in _KEYS if key not in names]:
        found = line(", ".join(list(names)[:_NAMED])) + (", ..." if len(names) > _NAMED else "")
        raise DqError(f"{path} lacks {', '.join(missing)} and has {found or 'nothing'}", _SAVE)
    wanted = [*_KEYS, *[key for key in ("classes", "class_names") if key in names][:1]]
    _require_room([file.sizes[names[key]] for key in wanted], path)
    for key in wanted:  # all headers before any content
        _layout(file, names[key], key, path)
    arrays = {key: _array(file, names[key], key, path) for key in wanted}
    texts = arrays.pop(wanted[-1]) if len(wanted) > len(_KEYS) else None
    return arrays, None if texts is None else tuple(map(str, decoded(texts.ravel(), "the class names").tolist()))


def _require_room(sizes: Sequence[int], path: Path) -> None:
    """Raise DqError where arrays do not fit into memory, or are so much larger than their file that nobody meant it."""
    size, packed = sum(sizes), path.stat().st_size
    if size > _FREE * memory() or (size > _SMALL and size > _DENSEST * packed):
        raise DqError(f"{path} unpacks to {size:,} bytes from {packed:,}", "save fewer or smaller images")


def _layout(file: Archive, member: str, key: str, path: Path) -> None:
    """Raise DqError where a member is no array of the size that it declares."""
    with _damaged(key, path):
        begin = file.begin(member, LONGEST_HEADER)
        start = header_size(begin)
        layout = layout_of(begin[:start])
        if bytes_of(layout) != file.sizes[member] - start:
            raise ValueError("its header says another size")


def _array(file: Archive, member: str, key: str, path: Path) -> NDArray[Any]:
    with _damaged(key, path):
        array = array_of(file.read(member, file.sizes[member]))
        if array.dtype.kind == "U" and array.size:
            array = array.astype(array.dtype.newbyteorder("="))
            if np.ascontiguousarray(array).view(np.uint32).max() > _LAST_CHARACTER:
                raise ValueError("it holds what is no character")
        return array.copy()  # torch takes no array that cannot be written to


@contextlib.contextmanager
def _damaged(key: str, path: Path) -> Iterator[None]:
    """Turn what is wrong with an array into one line."""
    try:
        yield
    except ValueError as error:
        if "Python objects" in str(error):
            raise DqError(
                f"{key} in {path} is an array of Python objects, which could run any code when read",
                "save it as numbers of one shape or as text, np.array(names, dtype=str)",
            ) from error
        cause = f"{key} in {path} cannot be read, the file is damaged or truncated ({said(error)})"
        raise DqError(cause, _SAVE) from error
