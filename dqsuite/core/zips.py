"""Zip files that somebody else may have written: what is in them is bounded before it is read.

Whatever does not fit is a ValueError in one line, for the caller to name the file.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import IO

from dqsuite.core.foreign import said

_DIRECTORY = 32 * 2**20  # bytes of a zip's list of members: 300,000 of them
_NAME = 1000  # bytes of a member's name
_SMALL = 2**20  # bytes of a member
_DENSEST = 1032  # bytes at most that zip packs into one
_LOCAL = struct.Struct("<4s22xHH")  # what stands before a member: a mark, and the lengths of its name and its extras
_ENTRY = struct.Struct("<4s4xHH4xLLLHHH8xL")  # of the list of members: see `_plain_member`
_END = struct.Struct("<4s4H2LH")  # mark, two disks, two counts, bytes and place of the list, and of a comment


class Archive:
    """A zip whose members are as it says: no more bytes than it declares, by no other method than ours.

    Parameters
    ----------
    file : seekable file of bytes

    Raises
    ------
    ValueError
        It is no zip, a damaged one, or one of another kind.
    OSError, MemoryError
        The system refuses, or memory is short.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = limited = _Limited(file, _DIRECTORY)
        try:
            self._zip = zipfile.ZipFile(limited)
            limited.most = None
        except (OSError, MemoryError):  # no fault of the file
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
        except (OSError, MemoryError):  # no fault of the file
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
    content = _inflated(data[begin : begin + packed], size, most)
    if local != b"PK\3\4" or len(content) != size or zlib.crc32(content) != checksum:
        raise ValueError
    return data[at + _ENTRY.size : end].decode("ascii"), content, end


def _inflated(packed: bytes, size: int, most: int) -> bytes:
    """Return what so many bytes were packed into, or others where they were not; never more than `most`."""
    if len(packed) * _DENSEST <= most:  # whatever it says, it cannot be more
        return zlib.decompress(packed, -zlib.MAX_WBITS, size)
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size)


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
