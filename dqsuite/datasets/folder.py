"""``folder:PATH``: images in one sub-folder per class, with ``train`` and ``test`` above them or split here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.datasets.names import composed, is_litter, natural
from dqsuite.datasets.paths import reading
from dqsuite.datasets.records import Record, Records
from dqsuite.datasets.source import pictures
from dqsuite.datasets.splits import is_train, parts


@dataclass(frozen=True)
class Folder:
    """The image files of a folder, class by class, with the names of the classes."""

    path: Path
    classes: tuple[str, ...]
    items: tuple[Record, ...]
    notes: tuple[str, ...]

    @property
    def files(self) -> Iterable[Path]:
        """The image files."""
        return (record.content for record in self.items if isinstance(record.content, Path))

    def records(self) -> Records:
        """Return the images with their classes."""
        return Records(str(self.path), self.items, self.classes, self.notes)


def listed(path: Path, _term: Term) -> Folder:
    """Return what is in a folder. Raises DqError if that is not a folder for each class, two at least."""
    with reading(path):
        if not path.is_dir():
            raise DqError(f"there is no folder {path}", "check the path")
        found = parts((entry.name for entry in _entries(path) if entry.is_dir()), str(path))
        if not found:
            classes = _classes(path)
            return Folder(path, tuple(classes), _members(classes), ())
        train, test = (_classes(path / part) for part in found[:2])
        if differing := natural(set(train) ^ set(test)):
            raise DqError(
                f"{path} has the class {differing[0]!r} in only one of {found.train} and {found.test}",
                "give both the same sub-folders",
            )
        return Folder(path, tuple(train), (*_members(train, "train"), *_members(test, "test")), found.notes)


source = pictures(listed)


def _classes(path: Path) -> dict[str, Path]:
    """Return the sub-folders by name, as people count; loose files beside them are ignored."""
    entries = _entries(path)
    _refuse(entry for entry in entries if not (entry.is_dir() or entry.is_file()))
    folders = [entry for entry in entries if entry.is_dir()]
    if len(folders) == 1 and is_train(folders[0].name):
        raise DqError(
            f"{path} has {folders[0].name} and nothing to test with", f"write folder:{folders[0]} to split it"
        )
    if len(folders) < 2:
        has = f"only one class folder, {folders[0].name!r}" if folders else "no class folder"
        raise DqError(f"{path} has {has}", "put the images of each class into a sub-folder of its own, two at least")
    named = {composed(folder.name): folder for folder in folders}
    if len(named) < len(folders):
        raise DqError(f"{path} has two class folders whose names differ in nothing one can see", "merge them")
    return {name: named[name] for name in natural(named)}


def _members(classes: dict[str, Path], split: str = "") -> tuple[Record, ...]:
    """Return what lies in the folders of the classes, by name; what is no file is told with all that is unreadable."""
    found = []
    for name, folder in classes.items():
        files = _entries(folder)
        if not files:
            raise DqError(f"class folder {folder} has no image", "add some, or remove the folder")
        found += [Record(file, name, str(file), split) for file in files]
    return tuple(found)


def _entries(path: Path) -> list[Path]:
    """Return what is in a folder, sorted by name, without hidden entries and litter."""
    entries = (entry for entry in path.iterdir() if not is_litter(entry.name))
    return sorted(entries, key=lambda entry: (composed(entry.name), entry.name))


def _refuse(strays: Iterable[Path]) -> None:
    """Raise DqError about the first stray: to skip it would hide that images are missing."""
    for stray in strays:
        raise DqError(f"{stray} is no image file", "remove it")
