"""A pandas DataFrame: a path, or an image, and a label in each row, and a split if there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dqsuite.datasets import table
from dqsuite.datasets.records import Records
from dqsuite.datasets.table import Columns, Splits


def records(data: Any, columns: Mapping[str, str], classes: Sequence[str], where: str) -> Records | None:  # noqa: ANN401
    """Return the rows, None for anything but a DataFrame; paths are relative to the working directory."""
    if not (hasattr(data, "columns") and hasattr(data, "itertuples")):
        return None
    found = Columns.among(list(data.columns), columns, where)
    splits = Splits.of(data[found.split].tolist(), where) if found.split else None
    cells = [data[name].tolist() if name else [""] * len(data) for name in vars(found).values()]
    names = tuple(map(str, classes)) or None
    items = table.records(zip(*cells, strict=True), Path.cwd(), where, splits, names or ())
    return Records(where, items, names, splits.notes if splits else ())
