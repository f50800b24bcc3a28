"""Anything with a length whose items are pairs of image and label: a map-style data set of torch, a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dqsuite.core.errors import DqError
from dqsuite.datasets import table
from dqsuite.datasets.records import Records


def records(data: Any, _columns: Mapping[str, str], classes: Sequence[str], where: str) -> Records | None:  # noqa: ANN401
    """Return the items, None for what has no items by number.

    The class names are the ``classes`` of the data set, or of the one that it is a part of. Raises DqError for items
    that are no pairs.
    """
    if isinstance(data, str | bytes | Mapping) or hasattr(data, "dtype") or not hasattr(data, "__getitem__"):
        return None
    if not hasattr(data, "__len__"):
        raise DqError(f"{where} has no length", "give a map-style data set, or a list of its items")
    names = tuple(map(str, classes or _classes(data))) or None
    return Records(where, table.records(_rows(data, where), Path.cwd(), where, None, names or ()), names)


def _classes(data: Any) -> Sequence[str]:  # noqa: ANN401
    while data is not None:
        if isinstance(found := getattr(data, "classes", None), list | tuple):
            return found
        data = getattr(data, "dataset", None)  # that of torch's Subset
    return ()


def _rows(data: Any, where: str) -> Iterator[tuple[Any, Any, str]]:  # noqa: ANN401
    for number in range(len(data)):
        try:
            item = data[number]
        except NotImplementedError as error:  # torch's IterableDataset
            raise DqError(f"{where} has no items by number", "give a map-style data set, or a list of items") from error
        if isinstance(item, Mapping) and {"image", "label"} <= set(item):
            item = item["image"], item["label"]
        if not isinstance(item, tuple | list) or len(item) != 2:
            raise DqError(f"item {number:,} of {where} is no pair of image and label", "let it return (image, label)")
        yield item[0], item[1], ""
