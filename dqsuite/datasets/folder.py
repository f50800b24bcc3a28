"""``folder:PATH``: images in one sub-folder per class, with ``train`` and ``test`` above them or split here."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.datasets import params
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import file_stamp
from dqsuite.datasets.checks import SMALLEST, checked
from dqsuite.datasets.npz import plain
from dqsuite.datasets.paths import expanded, reading
from dqsuite.datasets.resize import resized

if TYPE_CHECKING:
    from PIL import Image

_VERSION = 2  # rises when the same files give other arrays
_LITTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})  # what systems leave in folders unasked


class _Item(NamedTuple):
    file: Path
    label: int


@dataclass(frozen=True)
class Folder:
    """A folder of images; a fraction `test` of each class, drawn with `seed`, is kept for testing.

    `size` is the side in pixels that all images are resized to, 0 if they keep theirs.
    """

    path: Path
    test: float = 0.2
    seed: int = 0
    size: int = 0

    def stamp(self) -> str:
        """Return the stamps of all image files, the parameters and the version of Pillow, which decodes them."""
        import PIL

        classes, train, test = self._items()
        files = file_stamp(item.file for item in (*train, *test))
        return json.dumps([_VERSION, PIL.__version__, self.test, self.seed, self.size, classes, files])

    def read(self) -> Arrays:
        """Return the content: grey if every image is, else RGB."""
        classes, train, test = self._items()
        images = _equal([_pixels(item.file, self.size) for item in (*train, *test)], [i.file for i in (*train, *test)])
        labels = np.array([item.label for item in (*train, *test)])
        arrays = {
            "x_train": images[: len(train)],
            "y_train": labels[: len(train)],
            "x_test": images[len(train) :],
            "y_test": labels[len(train) :],
        }
        return checked(arrays, str(self.path), classes)

    def name(self, fingerprint: str) -> str:
        """Return ``folder:NAME@DIGEST``; the digest covers the split and the size."""
        return f"folder:{plain(self.path.resolve().name)}@{fingerprint[:12]}"

    def _items(self) -> tuple[tuple[str, ...], list[_Item], list[_Item]]:
        """Return the class names, the training and the test items."""
        with reading(self.path):
            if not self.path.is_dir():
                raise DqError(f"there is no folder {self.path}", "check the path")
            if (self.path / "train").is_dir() and (self.path / "test").is_dir():
                return _split_already(self.path)
            classes = _classes(self.path)
            members = [_members(self.path / name, label) for label, name in enumerate(classes)]
        split = [_split(items, self.test, self.seed) for items in members]
        return classes, [item for train, _ in split for item in train], [item for _, test in split for item in test]


def source(term: Term) -> Folder:
    """Return the data set that ``folder:PATH[;test=0.2][;seed=0][;size=32]`` names."""
    params.only(term, ("test", "seed", "size"), value=True)
    return Folder(
        path=expanded(term.value),
        test=params.fraction(term, "test", Folder.test, ends=False),
        seed=params.integer(term, "seed", Folder.seed, 0, 2**32 - 1),
        size=params.integer(term, "size", 32, SMALLEST, 4096) if term.get("size") else 0,
    )


def _split_already(path: Path) -> tuple[tuple[str, ...], list[_Item], list[_Item]]:
    classes, tested = _classes(path / "train"), _classes(path / "test")
    if differing := sorted(set(classes) ^ set(tested)):
        raise DqError(
            f"{path} has the class {differing[0]!r} in only one of train and test", "give both the same sub-folders"
        )
    train, test = (
        [item for label, name in enumerate(classes) for item in _members(path / part / name, label)]
        for part in ("train", "test")
    )
    return classes, train, test


def _classes(path: Path) -> tuple[str, ...]:
    """Return the sorted names of the sub-folders; loose files beside them are ignored."""
    entries = _entries(path)
    _refuse(entry for entry in entries if not (entry.is_dir() or entry.is_file()))
    names = [entry.name for entry in entries if entry.is_dir()]
    if len(names) < 2:
        has = f"only one class folder, {names[0]!r}" if names else "no class folder"
        raise DqError(f"{path} has {has}", "put the images of each class into a sub-folder of its own, two at least")
    return tuple(names)


def _members(path: Path, label: int) -> list[_Item]:
    """Return the files of one class, in sorted order."""
    files = _entries(path)
    _refuse(file for file in files if not file.is_file())
    if not files:
        raise DqError(f"class folder {path} has no image", "add some, or remove the folder")
    return [_Item(file, label) for file in files]


def _entries(path: Path) -> list[Path]:
    """Return what is in a folder, sorted by name, without hidden entries and litter."""
    entries = (entry for entry in path.iterdir() if not entry.name.startswith(".") and entry.name not in _LITTER)
    return sorted(entries, key=lambda entry: entry.name)


def _refuse(strays: Iterable[Path]) -> None:
    """Raise DqError about the first stray: to skip it would hide that images are missing."""
    for stray in strays:
        raise DqError(f"{stray} is no image file", "remove it")


def _split(items: list[_Item], fraction: float, seed: int) -> tuple[list[_Item], list[_Item]]:
    """Keep a fraction of one class's items for testing: at least one of them, and never all."""
    count = min(max(1, round(fraction * len(items))), len(items) - 1)
    drawn = set(np.random.default_rng([seed, items[0].label]).permutation(len(items))[:count].tolist())
    return [x for i, x in enumerate(items) if i not in drawn], [x for i, x in enumerate(items) if i in drawn]


def _pixels(file: Path, size: int) -> NDArray[np.uint8]:
    """Return uint8 (H, W, 1) for a grey image, (H, W, 3) for any other."""
    with reading(file), file.open("rb") as handle:
        flat = _decoded(handle, file)
    if size:
        flat = resized(flat, size)
    return np.atleast_3d(np.asarray(flat, np.uint8))


def _decoded(handle: BinaryIO, file: Path) -> Image.Image:
    """Return the image in mode L or RGB. Raises DqError if Pillow cannot decode it."""
    from PIL import Image

    try:
        # Pillow warns of an image half as large as the smallest that it refuses: large is not wrong.
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(handle) as image,
        ):
            return _eight_bits(image, file)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DqError(f"cannot read {file} as an image", "repair or remove it") from error


def _eight_bits(image: Image.Image, file: Path) -> Image.Image:
    """Return a copy in mode L or RGB.

    Of 16-bit grey the upper byte is kept, which Pillow would clip. What is transparent is laid on white, so that the
    colours hidden there do not show. Raises DqError for 32-bit grey, whose white can be any value.
    """
    from PIL import Image

    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        raise DqError(f"{file} is grey of 32 bits per pixel (mode {image.mode})", "save it with 8 bits")
    mode = "L" if image.mode in ("1", "L", "LA") else "RGB"
    if image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return image.convert(mode)


def _equal(images: Sequence[NDArray[np.uint8]], files: Sequence[Path]) -> NDArray[Any]:
    """Stack images of one size; grey ones among coloured ones become RGB."""
    sizes = {image.shape[:2]: file for image, file in zip(images, files, strict=True)}
    if len(sizes) > 1:
        (one, first), (other, second) = list(sizes.items())[:2]
        raise DqError(
            f"the images differ in size: {first} is {one[0]}x{one[1]}, {second} {other[0]}x{other[1]} pixels",
            "add ;size=32 to resize all of them",
        )
    channels = max(image.shape[2] for image in images)
    return np.stack([np.broadcast_to(image, (*image.shape[:2], channels)) for image in images])
