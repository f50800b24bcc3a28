"""``parquet:FILE``: a table with an image (the bytes of an image file, or its path) and a label in each row.

Files of Hugging Face, in which bytes and path stand together and the labels are numbers of named classes, are read as
they are. The rows are read a few at a time. Needs the extra ``parquet``.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.datasets.paths import file_at, reading
from dqsuite.datasets.records import Records
from dqsuite.datasets.source import pictures
from dqsuite.datasets.table import Columns, Splits, records

_ROWS = 256  # read at once


@dataclass(frozen=True)
class Parquet:
    """The rows of a parquet file; `file` is pyarrow's."""

    path: Path
    file: Any
    columns: Columns

    @property
    def files(self) -> Iterable[Path]:
        """The table, and the image files if it holds their paths."""
        import pyarrow as pa

        kind = self.file.schema_arrow.field(self.columns.image).type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            return (self.path,)
        paths = self._column(self.columns.image)
        return self.path, *(self.path.parent / Path(path).expanduser() for path in paths if path)

    def records(self) -> Records:
        """Return the rows."""
        where = str(self.path)
        splits = Splits.of(self._column(self.columns.split), where) if self.columns.split else None
        names = _class_names(self.file, self.columns.label)
        items = records(self._rows(), self.path.parent, where, splits, names or ())
        return Records(where, items, names, splits.notes if splits else ())

    def _column(self, name: str) -> list[Any]:
        with _broken(self.path):
            found: list[Any] = self.file.read(columns=[name]).column(name).to_pylist()
            return found

    def _rows(self) -> Iterator[tuple[Any, Any, Any]]:
        names = [name for name in vars(self.columns).values() if name]
        with _broken(self.path):
            for batch in self.file.iter_batches(batch_size=_ROWS, columns=names):
                for row in batch.to_pylist():
                    yield row[self.columns.image], row[self.columns.label], row.get(self.columns.split)


def listed(path: Path, term: Term) -> Parquet:
    """Open a parquet file. Raises DqError without pyarrow, or if it is no table of images and labels."""
    file_at(path)
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise DqError("parquet:FILE needs the package pyarrow", "pip install 'dqsuite[parquet]'") from error
    with _broken(path):
        file = parquet.ParquetFile(path)
    return Parquet(path, file, Columns.among(file.schema_arrow.names, dict(term.params), str(path)))


source = pictures(listed, "image", "path", "label", "split")


def _class_names(file: Any, label: str) -> tuple[str, ...] | None:  # noqa: ANN401 - pyarrow ships no types
    """Return the names of the classes as Hugging Face notes them, None if it has not."""
    with contextlib.suppress(KeyError, ValueError, TypeError):
        about = json.loads(file.schema_arrow.metadata[b"huggingface"])
        return tuple(map(str, about["info"]["features"][label]["names"]))
    return None


@contextlib.contextmanager
def _broken(path: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        with reading(path):
            yield
    except pa.ArrowException as error:
        raise DqError(f"{path} is not a parquet file, or a damaged one", "write it again") from error
