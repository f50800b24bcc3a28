"""How a record is stored: one compressed npz of a JSON header and arrays, without pickles."""

from __future__ import annotations

import io
import json
from collections.abc import ItemsView, Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dqsuite.core.foreign import array_of, json_as, said
from dqsuite.core.zips import members_of


def pack(header: Mapping[str, Any], **arrays: NDArray[Any]) -> bytes:
    """Return the record as bytes; equal input gives equal bytes."""
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
    np.savez_compressed(buffer, header=text, **arrays)  # type: ignore[arg-type] # numpy types **kwds as allow_pickle
    return buffer.getvalue()


FORMAT = 1  # of an outcome's record; part of its key
LARGEST = 64 * 2**20  # bytes that an outcome or a card unpacks to: far above any
_CONFIDENCES = 256 * 2**20  # bytes that confidences unpack to
_HEADER = 8 * 2**20  # bytes of JSON: the damage of a thousand classes takes three
_MEMBERS = 16


def encoded(plain: Mapping[str, Any]) -> bytes:
    """Return what JSON can hold as its bytes. Raises ValueError for anything else."""
    try:
        return msgspec.json.encode(plain)
    except (TypeError, OverflowError, RecursionError) as error:
        raise ValueError(said(error)) from error


class Packed(Mapping[str, Any]):
    """A part of a header as bytes of JSON, read when it is looked at: a store may have a hundred thousand of them."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        self.text = text

    def plain(self) -> dict[str, Any]:
        """Return all of it."""
        return json_as(self.text, dict[str, Any])

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - whatever JSON can hold
        return self.plain()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain())

    def __len__(self) -> int:
        return len(self.plain())

    def items(self) -> ItemsView[str, Any]:
        """Return names and values, read once."""
        return self.plain().items()


class OtherVersionError(ValueError):
    """A whole record that another version of dqsuite wrote."""


def unpack(data: bytes, most: int = _CONFIDENCES) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the arrays of `pack`, which take at most `most` bytes.

    Raises
    ------
    ValueError
        The bytes are truncated, altered (each member carries a checksum), too many or something else.
    """
    text, arrays = opened(data, most)
    try:
        return json_as(text, dict[str, Any]), arrays
    except ValueError as error:
        raise ValueError(f"damaged record: {error}") from error


def opened(data: bytes, most: int) -> tuple[bytes, dict[str, NDArray[Any]]]:
    """Return the same with the header as JSON."""
    try:
        found = members_of(data, _MEMBERS, most)
        if len(found.get("header.npy", b"")) > _HEADER:
            raise ValueError("its header is too large")
        text = array_of(found.pop("header.npy", b"")).tobytes()
        return text, {name.removesuffix(".npy"): array_of(content) for name, content in found.items()}
    except ValueError as error:
        raise ValueError(f"damaged record: {error}") from error
