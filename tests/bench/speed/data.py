"""Images to train on: of a published data set where it is at hand, else generated ones of the same shape and count."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dqsuite import datasets
from dqsuite.core.grammar import parse_term
from dqsuite.datasets.cache import cache_dir
from dqsuite.datasets.named import CLASSES


@dataclass(frozen=True)
class Shape:
    """Sides of the images in pixels, channels, and how many there are to train and to test on."""

    size: int
    channels: int
    train: int
    test: int


SHAPES = {
    "mnist": Shape(28, 1, 60_000, 10_000),
    "fashion_mnist": Shape(28, 1, 60_000, 10_000),
    "cifar10": Shape(32, 3, 50_000, 10_000),
    "cifar100": Shape(32, 3, 50_000, 10_000),
}


def provide(published: str, train: int, test: int, folder: Path) -> str:
    """Return the text of a data set with the first images of a published one, or with generated ones.

    Generated are those of a data set that is not at hand, for nothing is downloaded, or that is resized; there is at
    least one image of each class. An excerpt is written to the folder.
    """
    term = parse_term(published)
    name, shape = term.name, SHAPES[term.name]
    if term.params or not _at_hand(name):
        size, classes = term.get("size", str(shape.size)), len(CLASSES[name])
        train, test = max(train, classes), max(test, classes)
        return f"planted;channels={shape.channels};classes={classes};size={size};test={test};train={train}"
    if (train, test) == (shape.train, shape.test):
        return name
    path = folder / f"{name}-{train}-{test}.npz"
    if not path.exists():
        found = datasets.load(name)
        np.savez(
            path,
            x_train=found.x_train[:train],
            y_train=found.y_train[:train],
            x_test=found.x_test[:test],
            y_test=found.y_test[:test],
            classes=np.array(found.classes),
        )
    return f"npz:{path}"


def told(published: str, text: str) -> str:
    """Return what a reader has to know of a data set that `provide` named."""
    return f"generated images of the shape of {published}" if text.startswith("planted") else published


def _at_hand(name: str) -> bool:
    own = os.environ.get("DQSUITE_DATA")
    folders = [cache_dir(), *([Path(own)] if own else [])]
    return any((folder / f"{name}.npz").is_file() for folder in folders)
