"""``folder:PATH``: images in one sub-folder per class, with ``train`` and ``test`` above them or split here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.datasets import params
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import file_stamp
from dqsuite.datasets.checks import SMALLEST, checked
from dqsuite.datasets.npz import plain
from dqsuite.errors import DqError
from dqsuite.grammar import Term

if TYPE_CHECKING:
    from PIL import Image

_VERSION = 1  # rises when the same files give other arrays


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
        path=Path(term.value).expanduser(),
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
    """Return the sorted names of the sub-folders."""
    names = sorted(entry.name for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if len(names) < 2:
        has = f"only one class folder, {names[0]!r}" if names else "no class folder"
        raise DqError(f"{path} has {has}", "put the images of each class into a sub-folder of its own, two at least")
    return tuple(names)


def _members(path: Path, label: int) -> list[_Item]:
    """Return the files of one class, in sorted order."""
    files = sorted(entry for entry in path.iterdir() if entry.is_file() and not entry.name.startswith("."))
    if not files:
        raise DqError(f"class folder {path} has no image", "add some, or remove the folder")
    return [_Item(file, label) for file in files]


def _split(items: list[_Item], fraction: float, seed: int) -> tuple[list[_Item], list[_Item]]:
    """Keep a fraction of one class's items for testing: at least one of them, and never all."""
    count = min(max(1, round(fraction * len(items))), len(items) - 1)
    drawn = set(np.random.default_rng([seed, items[0].label]).permutation(len(items))[:count].tolist())
    return [x for i, x in enumerate(items) if i not in drawn], [x for i, x in enumerate(items) if i in drawn]


def _pixels(file: Path, size: int) -> NDArray[np.uint8]:
    """Return uint8 (H, W, 1) for a grey image, (H, W, 3) for any other."""
    from PIL import Image

    try:
        with Image.open(file) as image:
            flat = _eight_bits(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DqError(f"cannot read {file} as an image", "repair or remove it") from error
    if size:
        flat = flat.resize((size, size), Image.Resampling.BILINEAR)
    return np.atleast_3d(np.asarray(flat, np.uint8))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a copy in mode L or RGB; of 16-bit grey the upper byte is kept, which Pillow would clip."""
    from PIL import Image

    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image.convert("L" if image.mode in ("1", "L", "LA") else "RGB")


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
