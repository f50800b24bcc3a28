"""The door for bytes that somebody else may have written: what is behind them is bounded before it is read.

Whatever does not fit is a ValueError in one line, for the caller to name the file.
"""

from __future__ import annotations

import json
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec
import numpy as np
from numpy.lib.format import read_array_header_1_0, read_array_header_2_0, read_magic
from numpy.typing import NDArray

T = TypeVar("T")
Layout = tuple[tuple[int, ...], bool, np.dtype[Any]]
"""Of an array: its shape, whether it lies column by column, its type."""

LONGEST_HEADER = 2**14  # bytes of an array's
_KINDS = "biufcSU"  # of numpy's types: those that are no Python objects, times or records


def read_file(path: Path | str, most: int) -> bytes:
    """Return the content of a regular file of at most `most` bytes.

    Raises
    ------
    OSError
        The system refuses.
    ValueError
        It is a folder, pipe or device, or larger.
    """
    handle, size = _regular(path, most)
    try:
        parts = [os.read(handle, size + 1)]
        while parts[-1] and sum(map(len, parts)) <= most:  # until its end: it may have grown
            parts.append(os.read(handle, 2**20))
    finally:
        os.close(handle)
    data = b"".join(parts)
    if len(data) > most:
        raise ValueError(f"it has more than {most:,} bytes")
    return data


@contextmanager
def opened(path: Path, most: int | None = None) -> Iterator[IO[bytes]]:
    """Open a regular file as `read_file` does, without waiting for anybody to write into a pipe."""
    with os.fdopen(_regular(path, most)[0], "rb") as file:
        yield file


_READ_ONLY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def _regular(path: Path | str, most: int | None) -> tuple[int, int]:
    """Open a regular file; return the handle and its bytes."""
    handle = os.open(path, _READ_ONLY)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is no regular file")
        if most is not None and found.st_size > most:
            raise ValueError(f"it has {found.st_size:,} bytes, more than {most:,}")
    except BaseException:
        os.close(handle)
        raise
    return handle, found.st_size


def json_of(data: bytes) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what a JSON text holds; numbers that are none are refused. Raises ValueError."""
    try:
        return json.loads(data, parse_constant=_refused)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def json_as(data: bytes, kind: type[T]) -> T:
    """Return a JSON text as one of our types, without making Python's of it first. Raises ValueError."""
    try:
        found: T = _decoder(kind).decode(data)  # type: ignore[arg-type] # any type is hashable
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise ValueError(said(error)) from error
    return found


@lru_cache(maxsize=64)  # what a type means takes longer to find out than most texts to read
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401 - a type
    return msgspec.json.Decoder(kind)


def _refused(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def as_type(value: Any, kind: type[T]) -> T:  # noqa: ANN401
    """Return a value of JSON's types as one of ours, which msgspec knows how to check. Raises ValueError."""
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError, OverflowError) as error:
        raise ValueError(said(error)) from error


def array_of(data: bytes) -> NDArray[Any]:
    """Return the array that npy bytes hold, read-only, in place, faster than ``np.load`` does for a small one."""
    start = header_size(data)
    shape, by_column, dtype = layout_of(data[:start])
    if dtype.itemsize * _count(shape) != len(data) - start:
        raise ValueError("its header says another size")
    flat = np.frombuffer(data, dtype, offset=start)
    return flat if len(shape) == 1 else flat.reshape(shape, order="F" if by_column else "C")


def header_size(data: bytes) -> int:
    """Return where in npy bytes the numbers begin. Raises ValueError where these are none."""
    if data[:6] != b"\x93NUMPY" or len(data) < 12:
        raise ValueError("it is no array of numpy")
    width = 2 if data[6] == 1 else 4  # bytes of the header's length, by the format's version
    start = 8 + width + int.from_bytes(data[8 : 8 + width], "little")
    if start > min(LONGEST_HEADER, len(data)):
        raise ValueError("its header is too long or cut off")
    return start


@lru_cache(maxsize=256)
def layout_of(header: bytes) -> Layout:
    """Return what the header of an array says; the same few stand before most arrays."""
    stream = BytesIO(header)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of what Python 2 wrote
            read = {(1, 0): read_array_header_1_0, (2, 0): read_array_header_2_0}[read_magic(stream)]
            shape, by_column, dtype = read(stream)
    except Exception as error:  # numpy reads a header as Python, whose parser raises half a dozen kinds
        raise ValueError("its header is damaged") from error
    if dtype.hasobject:
        raise ValueError("it is an array of Python objects")
    if dtype.kind not in _KINDS or not dtype.itemsize or any(length < 0 for length in shape):
        raise ValueError(f"it is no array of numbers or texts, but of {str(dtype)[:100]}")
    return shape, by_column, dtype


def bytes_of(layout: Layout) -> int:
    """Return the bytes that an array takes."""
    return _count(layout[0]) * layout[2].itemsize


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length  # Python's integers: numpy's would overflow
    return count


def said(error: BaseException) -> str:
    """Return what an error says, or its kind where it says nothing; no longer than a reader's patience.

    Of the system's errors that is the reason: whoever tells it names the path, which may be longer than the patience.
    """
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or str(error) or type(error).__name__)[:300]
