"""Tables of labelled pictures, a row for each: which columns are meant, and what stands in a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dqsuite.core.errors import DqError
from dqsuite.datasets.records import Record
from dqsuite.datasets.splits import parts_of_column

_COLUMNS = {
    "image": ("image", "img", "path", "file", "filename", "file_name", "filepath", "image_path"),
    "label": ("label", "labels", "class", "target", "y"),
    "split": ("split", "subset", "set"),
}


@dataclass(frozen=True)
class Columns:
    """The names of the columns; `split` is empty where there is none."""

    image: str
    label: str
    split: str = ""

    @classmethod
    def among(cls, names: Sequence[str], wanted: Mapping[str, str], where: str) -> Columns:
        """Return the columns that are wanted by name (``path`` is another word for ``image``), or usual names.

        Raises
        ------
        DqError
            One that is wanted is not there, or there is none for pictures or labels.
        """
        wanted = {"image": wanted.get("path", ""), **wanted}
        found = {}
        for role, usual in _COLUMNS.items():
            given = wanted.get(role, "")
            if given and given not in names:
                raise DqError(f"{where} has no column {given!r}", f"it has {', '.join(map(str, names))}")
            match = next((name for word in usual for name in names if str(name).casefold() == word), "")
            found[role] = given or match
            if not found[role] and role != "split":
                raise DqError(
                    f"{where} has no column called {role}, and has {', '.join(map(str, names))}",
                    f"name it: ;{role}=COLUMN, from Python columns={{'{role}': 'COLUMN'}}",
                )
        return cls(**found)


@dataclass(frozen=True)
class Splits:
    """Which part of the data set the values of a split column mean."""

    meaning: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Iterable[Any], where: str) -> Splits:
        """Return what the values of the whole column mean. Raises DqError for unknown ones."""
        found = parts_of_column(map(str, values), where)
        return cls({found.train: "train", found.test: "test"}, found.notes)


def records(
    rows: Iterable[tuple[Any, Any, Any]], base: Path, where: str, splits: Splits | None, names: Sequence[str] = ()
) -> Iterator[Record]:
    """Yield rows of picture, label and split as records; those of other splits are left aside.

    `base` is the folder that paths are relative to, `names` the classes where labels are their numbers.
    """
    for number, (image, label, split) in enumerate(rows, 1):
        what = f"row {number:,} of {where}"
        part = splits.meaning.get(str(split)) if splits else ""
        if part is None:
            continue
        content = _content(image, base, what)
        yield Record(content, text(label, what, names), str(content) if isinstance(content, Path) else what, part)


def text(label: Any, what: str, names: Sequence[str] = ()) -> str:  # noqa: ANN401 - whatever a table holds
    """Return a label as the name of its class. Raises DqError for a cell that holds no label."""
    label = label.item() if hasattr(label, "item") and getattr(label, "ndim", 0) == 0 else label
    if isinstance(label, float) and label.is_integer():  # pandas makes floats of integers beside empty cells
        label = int(label)
    if isinstance(label, str | bool) and str(label).strip():
        return str(label).strip()
    if isinstance(label, int):
        if names and not 0 <= label < len(names):
            raise DqError(f"{what} has the label {label}, beyond the {len(names)} class names", "name every class")
        return names[label] if names else str(label)
    raise DqError(f"{what} has no label, but {label!r}", "give each image the name or the number of its class")


def _content(cell: Any, base: Path, what: str) -> object:  # noqa: ANN401 - whatever a table holds
    """Return what a cell holds as `picture.read` takes it; Hugging Face keeps bytes and path together."""
    if isinstance(cell, Mapping):
        cell = cell.get("bytes") or cell.get("path")
    if isinstance(cell, str) and cell.strip():
        return base / Path(cell.strip()).expanduser()
    if isinstance(cell, Path):
        return base / cell
    if isinstance(cell, bytearray | memoryview):
        return bytes(cell)
    if cell is None or isinstance(cell, float | str):
        raise DqError(f"{what} has no image, but {cell!r}", "give each row a path or the bytes of an image file")
    return cell
