"""A data set of Hugging Face (the package ``datasets``): a column of images and one of labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dqsuite.core.errors import DqError
from dqsuite.datasets import table
from dqsuite.datasets.records import Records
from dqsuite.datasets.table import Columns, Splits


def records(data: Any, columns: Mapping[str, str], classes: Sequence[str], where: str) -> Records | None:  # noqa: ANN401
    """Return the rows, None for anything else. Images are taken as the files that they are, and decoded here.

    Raises DqError for a streamed data set, or one without such columns.
    """
    if not (hasattr(data, "features") and hasattr(data, "column_names") and hasattr(data, "cast_column")):
        return None
    if not hasattr(data, "__len__"):
        raise DqError(f"{where} is streamed", "load it without streaming=True")
    kinds = {name: type(feature).__name__ for name, feature in data.features.items()}
    usual = {
        role: next((name for name, kind in kinds.items() if kind == wanted), "")
        for role, wanted in (("image", "Image"), ("label", "ClassLabel"))
    }
    found = Columns.among(list(kinds), {**usual, **columns}, where)
    if kinds[found.image] == "Image":
        data = data.cast_column(found.image, type(data.features[found.image])(decode=False))
    data = data.with_format(None)
    names = tuple(map(str, classes or getattr(data.features[found.label], "names", None) or ())) or None
    splits = Splits.of(data[found.split], where) if found.split else None
    items = table.records(_rows(data, found), Path.cwd(), where, splits, names or ())
    return Records(where, items, names, splits.notes if splits else ())


def _rows(data: Any, columns: Columns) -> Iterator[tuple[Any, Any, Any]]:  # noqa: ANN401
    for row in data.select_columns([name for name in vars(columns).values() if name]):
        yield row[columns.image], row[columns.label], row.get(columns.split)
