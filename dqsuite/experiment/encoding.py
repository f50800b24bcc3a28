"""How a record is stored: one compressed npz of a JSON header and arrays, without pickles."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
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
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return json.loads(arrays.pop("header").tobytes()), arrays
    except Exception as error:  # zipfile, zlib and numpy raise a dozen kinds at damaged bytes
        raise ValueError(f"damaged record: {error}") from error
