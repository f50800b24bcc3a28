"""How a record is stored: one compressed npz of a JSON header and arrays, without pickles."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.format import read_array_header_1_0, read_array_header_2_0, read_magic
from numpy.typing import NDArray


def pack(header: Mapping[str, Any], **arrays: NDArray[Any]) -> bytes:
    """Return the record as bytes; equal input gives equal bytes."""
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
    np.savez_compressed(buffer, header=text, **arrays)  # type: ignore[arg-type] # numpy types **kwds as allow_pickle
    return buffer.getvalue()


FORMAT = 1  # of an outcome's record; part of its key
_LARGEST = 256 * 2**20  # bytes unpacked: far above any record, far below what would harm a machine


class OtherVersionError(ValueError):
    """A whole record that another version of dqsuite wrote."""


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the arrays of `pack`.

    Raises
    ------
    ValueError
        The bytes are truncated, altered (each member carries a checksum) or something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            if sum(member.file_size for member in file.infolist()) > _LARGEST:
                raise ValueError("it is too large to be one")
            arrays = {name.removesuffix(".npy"): _array(file.read(name)) for name in file.namelist()}
        return json.loads(arrays.pop("header").tobytes()), arrays
    except Exception as error:  # zipfile, zlib and numpy raise a dozen kinds at damaged bytes
        raise ValueError(f"damaged record: {error}") from error


def _array(data: bytes) -> NDArray[Any]:
    """Return the array of a member, read-only, as ``np.load`` does, whose way takes most of a small record's time."""
    width = 2 if data[6] == 1 else 4  # bytes of the header's length, by the format's version
    start = 8 + width + int.from_bytes(data[8 : 8 + width], "little")
    shape, by_column, dtype = _header(data[:start])
    return np.frombuffer(data, dtype, offset=start).reshape(shape, order="F" if by_column else "C")


@lru_cache(maxsize=256)
def _header(data: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    stream = io.BytesIO(data)
    read = {(1, 0): read_array_header_1_0, (2, 0): read_array_header_2_0}[read_magic(stream)]
    return read(stream)
