"""The door for bytes that somebody else may have written: what is behind them is bounded before it is read.

Whatever does not fit is a ValueError in one line, for the caller to name the file.
"""

from __future__ import annotations

import json
import os
import stat
import struct
import warnings
import zipfile
import zlib
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
_DIRECTORY = 32 * 2**20  # bytes of a zip's list of members: 300,000 of them
_NAME = 1000  # bytes of a member's name
_SMALL = 2**20  # bytes of a member
_LOCAL = struct.Struct("<4s22xHH")  # what stands before a member: a mark, and the lengths of its name and its extras
_ENTRY = struct.Struct("<4s4xHH4xLLLHHH8xL")  # of the list of members: see `_plain_member`
_END = struct.Struct("<4s4H2LH")  # mark, two disks, two counts, bytes and place of the list, and of a comment
_KINDS = "biufcSU"  # of numpy's types: those that are no Python objects, times or records


def read_file(path: Path, most: int) -> bytes:
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


def _regular(path: Path, most: int | None) -> tuple[int, int]:
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


class Archive:
    """A zip whose members are as it says: no more bytes than it declares, by no other method than ours.

    Parameters
    ----------
    file : seekable file of bytes

    Raises
    ------
    ValueError
        It is no zip, a damaged one, or one of another kind.
    OSError
        The system refuses.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = limited = _Limited(file, _DIRECTORY)
        try:
            self._zip = zipfile.ZipFile(limited)
            limited.most = None
        except OSError:
            raise
        except Exception as error:  # zipfile raises a dozen kinds at damaged bytes
            raise ValueError(f"it is no readable zip: {said(error)}") from error
        self.sizes = {info.filename: info.file_size for info in self._zip.infolist()}
        if any(len(name) > _NAME for name in self.sizes):
            raise ValueError(f"a name in it has more than {_NAME} letters")

    def read(self, name: str, most: int) -> bytes:
        """Return a member of at most `most` bytes. Raises ValueError for any other, and where it is damaged."""
        if self.sizes.get(name, 0) > most:
            raise ValueError(f"it is too large: {self.sizes[name]:,} bytes")
        return self._read(name, self.sizes.get(name, 0))

    def begin(self, name: str, count: int) -> bytes:
        """Return the first bytes of a member, as `read` does."""
        return self._read(name, min(count, self.sizes.get(name, 0)))

    def _read(self, name: str, count: int) -> bytes:
        try:
            info = self._zip.getinfo(name)
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("it is compressed in a way that dqsuite does not read")  # which nothing bounds
            if count <= _SMALL:
                data = _content(self._file, info, count)
            else:
                with self._zip.open(info) as member:
                    data = member.read(count)  # a bounded read, as one of everything is not
        except OSError:
            raise
        except Exception as error:
            raise ValueError(said(error)) from error
        if len(data) < count:
            raise ValueError("it is cut off")
        return data


def _content(file: _Limited, info: zipfile.ZipInfo, count: int) -> bytes:
    """Return the first bytes of a small member as zipfile does, which takes ten times as long for it."""
    file.seek(info.header_offset)
    mark, name, extra = _LOCAL.unpack(file.read(_LOCAL.size))
    if mark != b"PK\3\4" or info.flag_bits & 1:
        raise ValueError("its header is damaged, or it is encrypted")
    file.seek(info.header_offset + _LOCAL.size + name + extra)
    stored = info.compress_type == zipfile.ZIP_STORED
    packed = file.read(min(info.compress_size, count if stored else 2 * count + 1024))
    data = packed if stored or not count else zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, count)
    if count == info.file_size and zlib.crc32(data) != info.CRC:
        raise ValueError("its checksum is another")
    return data


def members_of(data: bytes, count: int, most: int) -> dict[str, bytes]:
    """Return the members of a small zip by their names.

    Raises
    ------
    ValueError
        It is no zip, damaged, or has more than so many members or bytes in them.
    """
    found = _plain_members(data, count, most)
    if found is None:  # unusual, which is no fault, or damaged, which is told
        file = Archive(BytesIO(data))
        if len(file.sizes) > count or sum(file.sizes.values()) > most:
            raise ValueError("it is too large to be one")
        found = {name: file.read(name, most) for name in file.sizes}
    return found


def _plain_members(data: bytes, count: int, most: int) -> dict[str, bytes] | None:
    """Return the members of a zip as numpy writes it, in a fifth of zipfile's time; None for any other."""
    found: dict[str, bytes] = {}
    try:
        mark, disk, first, here, members, size, at, comment = _END.unpack_from(data, len(data) - _END.size)
        if mark != b"PK\5\6" or disk or first or here != members or members > count or comment:
            return None
        if at + size != len(data) - _END.size:
            return None
        for _ in range(members):
            name, content, at = _plain_member(data, at, most)
            most -= len(content)
            found[name] = content
    except (struct.error, zlib.error, ValueError):
        return None
    return found if len(found) == members else None


def _plain_member(data: bytes, at: int, most: int) -> tuple[str, bytes, int]:
    """Return the name and the content of a member, and where the next one stands in the list."""
    mark, flags, method, checksum, packed, size, name, extra, comment, start = _ENTRY.unpack_from(data, at)
    if mark != b"PK\1\2" or flags or method != zipfile.ZIP_DEFLATED or extra or comment or not 0 < size <= most:
        raise ValueError
    end = at + _ENTRY.size + name
    local, *before = _LOCAL.unpack_from(data, start)
    begin = start + _LOCAL.size + sum(before)
    content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[begin : begin + packed], size)
    if local != b"PK\3\4" or len(content) != size or zlib.crc32(content) != checksum:
        raise ValueError
    return data[at + _ENTRY.size : end].decode("ascii"), content, end


class _Limited:
    """A file of which no read takes in more than a limit, as long as there is one."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self.most: int | None = most
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, count: int = -1) -> bytes:
        """Read as files do. Raises ValueError for more than the limit."""
        if self.most is None:
            return self._file.read(count)
        data = self._file.read(min(count, self.most + 1) if count >= 0 else self.most + 1)
        if len(data) > self.most:
            raise ValueError("its list of members is too long")
        return data


def json_of(data: bytes) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what a JSON text holds; numbers that are none are refused. Raises ValueError."""
    try:
        return json.loads(data, parse_constant=_refused)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def json_as(data: bytes, kind: type[T]) -> T:
    """Return a JSON text as one of our types, without making Python's of it first. Raises ValueError."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise ValueError(said(error)) from error


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
    return np.frombuffer(data, dtype, offset=start).reshape(shape, order="F" if by_column else "C")


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
    """Return what an error says, or its kind where it says nothing; no longer than a reader's patience."""
    return (str(error) or type(error).__name__)[:300]
