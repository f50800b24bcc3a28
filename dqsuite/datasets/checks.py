"""Arrays from outside, turned into the content of a data set, or refused with what to do about it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.names import composed, natural
from dqsuite.datasets.pixels import pictures

SMALLEST = 8  # pixels: below this side the models have nothing left to pool
# Unicode's categories of what no line of text can hold: control characters, breaks of lines and paragraphs, and the
# surrogates that stand for the bytes of a file name which are not UTF-8.
_NO_TEXT = frozenset({"Cc", "Zl", "Zp", "Cs"})


def checked(arrays: Mapping[str, NDArray[Any]], where: str, classes: tuple[str, ...] | None = None) -> Arrays:
    """Return the four arrays in the form all of dqsuite uses.

    Parameters
    ----------
    arrays
        ``x_train y_train x_test y_test``; images (N, H, W), (N, H, W, 1) or (N, H, W, 3) of integers from 0 to 255,
        labels (N,) or (N, 1), integers from 0 or names.
    where
        The file or folder, for the messages.
    classes
        The class names; without them the distinct training labels, sorted as people count, or the numbers from 0.

    Raises
    ------
    DqError
        Anything else, named array by array.
    """
    x_train, x_test = (_images(arrays[key], f"{key} in {where}") for key in ("x_train", "x_test"))
    if x_train.shape[1:] != x_test.shape[1:]:
        raise DqError(
            f"x_train in {where} has images of {_size(x_train)}, x_test of {_size(x_test)}",
            "give both the same height, width and channels",
        )
    y_train, y_test, classes = _labels(arrays["y_train"], arrays["y_test"], classes, where)
    for split, x, y in (("train", x_train, y_train), ("test", x_test, y_test)):
        if len(x) != len(y):
            raise DqError(
                f"x_{split} in {where} has {len(x):,} images, y_{split} {len(y):,} labels", "give each image one label"
            )
    return Arrays(x_train, y_train, x_test, y_test, classes)


def _images(array: NDArray[Any], what: str) -> NDArray[np.uint8]:
    images = pictures(array, what)
    if min(images.shape[1:3]) < SMALLEST:
        raise DqError(
            f"{what} has images of {_size(images)}",
            f"enlarge them, the smallest side is {SMALLEST} pixels",
        )
    return images


def _labels(
    train: NDArray[Any], test: NDArray[Any], classes: tuple[str, ...] | None, where: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    """Return the labels as int64 (N,) from 0 to K - 1, and the K class names."""
    given = classes is not None
    classes = tuple(map(composed, classes)) if classes is not None else None
    train, test = _column(train, f"y_train in {where}"), _column(test, f"y_test in {where}")
    if (train.dtype.kind == "U") != (test.dtype.kind == "U"):
        raise DqError(
            f"y_train in {where} has dtype {train.dtype}, y_test {test.dtype}", "save both as integers or names"
        )
    if classes is None:
        classes = natural(np.unique(train).tolist()) if train.dtype.kind == "U" else _numbers(train, where)
    _check_names(classes, where)
    if train.dtype.kind == "U":
        train, test = _positions(train, classes), _positions(test, classes)
    _check_range(train, f"y_train in {where}", classes, given)
    _check_range(test, f"y_test in {where}", classes, given)
    _check_classes(train, classes, where)
    return train.astype(np.int64), test.astype(np.int64), classes


def _check_names(classes: tuple[str, ...], where: str) -> None:
    if len(set(classes)) < len(classes):
        raise DqError(f"a class name stands twice in {where}", "give each class a name of its own")
    for name in classes:
        if not name.strip():
            raise DqError(f"{where} has a class without a name, {name!r}", "give each class a name")
        if any(unicodedata.category(character) in _NO_TEXT for character in name):
            raise DqError(
                f"{where} has the class name {name!r}, which is no text of one line",
                "rename the class, in UTF-8 and without control characters",
            )


def decoded(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Return bytes as str, anything else unchanged. Raises DqError for bytes that are no UTF-8."""
    if array.dtype.kind != "S":
        return array
    try:
        return np.char.decode(array, "utf-8")
    except UnicodeDecodeError as error:
        raise DqError(f"{what} holds bytes that are no UTF-8 ({error.reason})", "save them as str") from error


def _column(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Return integers or str of shape (N,)."""
    if not array.size:
        raise DqError(f"{what} is empty", "give each image one label")
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        mend = "save y.argmax(axis=1) if it is one-hot" if array.ndim == 2 else "save one label for each image"
        raise DqError(f"{what} has the shape {array.shape}, not (N,)", mend)
    array = decoded(array, what)
    if array.dtype.kind not in "iuU":
        raise DqError(f"{what} has dtype {array.dtype}", "save integers, y.astype('int64'), or class names")
    return _composed(array) if array.dtype.kind == "U" else array


def _composed(names: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return the names (N,) in NFC."""
    distinct, inverse = np.unique(names, return_inverse=True)
    return np.array([composed(name) for name in distinct.tolist()])[inverse]


def _numbers(train: NDArray[Any], where: str) -> tuple[str, ...]:
    """Name the classes of integer labels by their numbers."""
    highest = int(train.max())
    if highest >= len(train):
        raise DqError(
            f"the highest label of y_train in {where} is {highest}, with only {len(train):,} images",
            "number the classes 0, 1, 2, ... without gaps",
        )
    return tuple(str(label) for label in range(highest + 1))


def _positions(names: NDArray[Any], classes: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the index of each name among the classes, K for a name that is none of them."""
    distinct, inverse = np.unique(names, return_inverse=True)
    table = [classes.index(name) if name in classes else len(classes) for name in distinct.tolist()]
    return np.array(table, np.int64)[inverse]


def _check_range(labels: NDArray[Any], what: str, classes: tuple[str, ...], given: bool) -> None:
    if labels.min() < 0:
        raise DqError(f"{what} has the negative label {labels.min()}", "number the classes from 0")
    if labels.max() < len(classes):
        return
    count = f"{int((labels >= len(classes)).sum()):,} labels of {what}"
    if given:
        raise DqError(f"{count} are beyond the {len(classes)} class names", "name every class, or correct the labels")
    raise DqError(f"{count} do not occur in the training labels", "give each class training images, or remove them")


def _check_classes(train: NDArray[Any], classes: tuple[str, ...], where: str) -> None:
    if len(classes) < 2:
        raise DqError(
            f"{where} has only one class, {classes[0]!r}" if classes else f"{where} names no class", "give two"
        )
    present = set(np.unique(train).tolist())
    missing = [name for label, name in enumerate(classes) if label not in present]
    if missing:
        raise DqError(
            f"{where} has no training image of class {missing[0]!r}",
            "add some, or remove the class and number the others 0, 1, 2, ... without gaps",
        )


def _size(images: NDArray[Any]) -> str:
    height, width, channels = images.shape[1:]
    return f"{height}x{width} pixels, {channels} channel{'s' * (channels > 1)}"
