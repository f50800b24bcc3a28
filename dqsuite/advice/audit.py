"""A random sample of the records that somebody checks by hand: the anchor of all that is said about the labels.

The sheet lists records in the order of one permutation that the data set's fingerprint gives. So whoever checks only
its first rows has still checked a random sample, and a sheet of other data, or of chosen records, is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.escapes import csv_cell
from dqsuite.core.files import replacing
from dqsuite.core.foreign import read_file
from dqsuite.datasets import Dataset

SIZE = 200
_COLUMNS = ("record", "given", "true")
_LARGEST = 64 * 2**20  # bytes of a sheet
_FEWEST = 10  # checked records

Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Audit:
    """What the m checked records of N turned out to be.

    Attributes
    ----------
    records, given, true : int64 (m,)
        Positions in the training set, their labels as given, and as checked.
    total : int
        N.
    """

    records: Labels
    given: Labels
    true: Labels
    total: int

    @property
    def wrong(self) -> int:
        """How many of the checked labels are wrong."""
        return int(np.count_nonzero(self.given != self.true))

    def confusions(self, classes: int) -> NDArray[np.int64]:
        """Return the checked records by true label (rows) and given one: (K, K)."""
        found = np.zeros((classes, classes), np.int64)
        np.add.at(found, (self.true, self.given), 1)
        return found


def drawn(dataset: Dataset, size: int = SIZE) -> Labels:
    """Return the positions of the records to check, in their order: (size,), or all where there are fewer."""
    order = np.random.default_rng(int(dataset.fingerprint, 16)).permutation(len(dataset.y_train))
    return np.asarray(order[:size], np.int64)


def write_sheet(path: Path, dataset: Dataset, size: int = SIZE) -> None:
    """Write the sheet: a row for each record to check, with its label as given and a column ``true`` to fill in.

    Raises
    ------
    DqError
        A file stands there, which may be somebody's work, or the folder cannot be written.
    """
    if path.exists():
        raise DqError(f"{path} is there already", "name another file, or take it away")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for record in drawn(dataset, size):
        writer.writerow([int(record), csv_cell(dataset.classes[dataset.y_train[record]]), ""])
    try:
        with replacing(path) as temporary:
            temporary.write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise DqError(f"cannot write {path}: {error.strerror}", "name a file in a folder of yours") from error


def read_sheet(path: Path, dataset: Dataset) -> Audit:
    """Read a sheet back in which the first m rows are filled in.

    Raises
    ------
    DqError
        It cannot be read, is of other data, names an unknown class, or leaves a row out before one that is filled in.
    """
    rows = _rows(path)
    order = drawn(dataset, len(rows))
    names = {spelled: k for k, name in enumerate(dataset.classes) for spelled in (name.strip(), csv_cell(name).strip())}
    filled = [bool(row["true"].strip()) for row in rows]
    m = sum(filled)
    if len(order) < len(rows):
        raise DqError(f"{path} has {len(rows)} rows, the data {len(order)} records", "use the sheet written for them")
    if not all(filled[:m]):
        line = filled.index(False) + 2
        raise DqError(
            f"line {line} of {path} has no true label, and later ones have",
            "fill in the rows from the first on: then those checked are a random sample",
        )
    if m < min(_FEWEST, len(dataset.y_train)):
        raise DqError(f"{m} records of {path} are checked", f"fill in the column true of {_FEWEST} rows or more")
    for line, (row, record) in enumerate(zip(rows, order, strict=True), 2):
        _check_row(row, int(record), dataset, names, f"line {line} of {path}")
    true = np.array([names[row["true"].strip()] for row in rows[:m]], np.int64)
    return Audit(order[:m], dataset.y_train[order[:m]], true, len(dataset.y_train))


def _rows(path: Path) -> Sequence[Mapping[str, str]]:
    try:
        text = read_file(path, _LARGEST).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else "no text in UTF-8"
        raise DqError(f"cannot read the audit {path}: {cause}", "name the sheet that was written for it") from error
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True, dialect=_dialect(text))
        rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    except csv.Error as error:
        raise DqError(f"{path} is no CSV: {error}", "save it as CSV") from error
    if missing := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
        raise DqError(f"{path} has no column {missing[0]}", f"its columns are {', '.join(_COLUMNS)}")
    return rows


def _dialect(text: str) -> type[csv.Dialect]:
    """Return how the cells are parted: some spreadsheets save semicolons or tabs."""
    first = text.partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Found


def _check_row(row: Mapping[str, str], record: int, dataset: Dataset, names: Mapping[str, int], where: str) -> None:
    given = names.get(row["given"].strip())
    if row["record"].strip() != str(record) or given != dataset.y_train[record]:
        raise DqError(
            f"{where} is not record {record} of this data set", "use the sheet that was written for it, in its order"
        )
    if (true := row["true"].strip()) and true not in names:
        raise DqError(f"{where} has {true!r}, which is no class", f"known are {', '.join(dataset.classes[:10])}")
