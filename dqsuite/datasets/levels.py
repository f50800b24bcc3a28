"""Grey pictures of 16 bits brought to 8, by the part of the range that the data set uses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_OUTLIERS = 1e-4  # of the pixels, at either end: a dead sensor cell must not hide that the rest is dark
_WIDE = 2**15  # whoever uses half of the range keeps the upper byte


def to_eight_bits(
    images: Sequence[NDArray[np.uint8] | NDArray[np.uint16]],
) -> tuple[list[NDArray[np.uint8]], tuple[str, ...]]:
    """Return images of 8 bits, and what to say about it; those that have 8 bits are left alone.

    If the 16-bit ones use half of their range, the upper byte is kept. Otherwise what they use, all together, is
    stretched to 0..255: values of 12 bits would have 16 grey levels left.
    """
    deep = [image.astype(np.uint16, copy=False) for image in images if image.dtype == np.uint16]
    if not deep:
        return [image.astype(np.uint8, copy=False) for image in images], ()
    low, high = _used(deep)
    if high - low >= _WIDE or low == high:
        table = (np.arange(2**16) >> 8).astype(np.uint8)
        notes: tuple[str, ...] = ()
    else:
        table = np.rint(np.clip((np.arange(2**16) - low) / (high - low), 0, 1) * 255).astype(np.uint8)
        notes = (f"images of 16 bits use the values {low:,} to {high:,} of 65,535, which are stretched to 0..255",)
    return [table[image] if image.dtype == np.uint16 else image.astype(np.uint8, copy=False) for image in images], notes


def _used(images: Sequence[NDArray[np.uint16]]) -> tuple[int, int]:
    """Return the lowest and highest value of all pixels but a few outliers."""
    counts = np.zeros(2**16, np.int64)
    for image in images:
        counts += np.bincount(image.ravel(), minlength=2**16)
    below = np.cumsum(counts) / counts.sum()
    return int(np.searchsorted(below, _OUTLIERS, side="right")), int(np.searchsorted(below, 1 - _OUTLIERS))
