"""``csv:FILE``: a table with a path (relative to the file), a label and, if there is one, a split in each row."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.datasets.paths import file_at, reading
from dqsuite.datasets.records import Record, Records
from dqsuite.datasets.source import pictures
from dqsuite.datasets.table import Columns, Splits, records

_FORM = "give it a first line such as path,label or path,label,split"


@dataclass(frozen=True)
class Csv:
    """The rows of a csv file."""

    path: Path
    items: tuple[Record, ...]
    notes: tuple[str, ...]

    @property
    def files(self) -> Iterable[Path]:
        """The table and the image files."""
        return self.path, *(record.content for record in self.items if isinstance(record.content, Path))

    def records(self) -> Records:
        """Return the rows."""
        return Records(str(self.path), self.items, notes=self.notes)


def listed(path: Path, term: Term) -> Csv:
    """Return the rows of a csv file. Raises DqError if it is no table of paths and labels."""
    file_at(path)
    try:
        with reading(path), path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            header, *rows = [row for row in csv.reader(file, delimiter=_delimiter(first), strict=True) if row] or [[]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DqError(f"{path} is not a csv file in UTF-8 ({error})", _FORM) from error
    columns = Columns.among([name.strip() for name in header], dict(term.params), str(path))
    places = [[name.strip() for name in header].index(name) if name else -1 for name in vars(columns).values()]
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise DqError(f"row {number:,} of {path} has {len(row)} cells, the first line {len(header)}", _FORM)
    cells = [tuple(row[place] if place >= 0 else "" for place in places) for row in rows]
    splits = Splits.of((cell[2] for cell in cells), str(path)) if columns.split else None
    found = tuple(records(((a, b, c) for a, b, c in cells), path.parent, str(path), splits))
    return Csv(path, found, splits.notes if splits else ())


source = pictures(listed, "image", "path", "label", "split")


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)
