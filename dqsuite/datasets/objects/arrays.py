"""A pair of arrays: images (N, H, W) or (N, H, W, C), labels (N,)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dqsuite.core.errors import DqError
from dqsuite.datasets.pixels import pictures
from dqsuite.datasets.records import Record, Records
from dqsuite.datasets.table import text


def records(data: Any, _columns: Mapping[str, str], classes: Sequence[str], where: str) -> Records | None:  # noqa: ANN401
    """Return the images with their labels, None for anything but a tuple of two arrays."""
    if not (isinstance(data, tuple) and len(data) == 2 and getattr(data[0], "ndim", 0) >= 3):
        return None
    images, labels = pictures(np.asarray(data[0]), f"x of {where}"), np.asarray(data[1])
    if len(images) != len(labels):
        raise DqError(f"{where} has {len(images):,} images and {len(labels):,} labels", "give each image one label")
    names = tuple(map(str, classes)) or None
    rows = zip(images, labels.tolist(), strict=True)
    items = (
        Record(image, text(label, what := f"image {number:,} of {where}", names or ()), what)
        for number, (image, label) in enumerate(rows)
    )
    return Records(where, items, names)
