"""Which part of a data set is trained on and which tests: by the words that people use, or drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.datasets.names import natural

_TRAIN = ("train", "training")
_TESTS = (("test", "testing"), ("val", "valid", "validation"))  # the first that is there tests
_WORDS = "train and test, or train and validation"


class Parts(NamedTuple):
    """The names of the part that is trained on and of the part that tests, and what to say about it."""

    train: str
    test: str
    notes: tuple[str, ...] = ()


def is_train(name: str) -> bool:
    """Tell whether a part of that name is the one to train on."""
    return name.strip().casefold() in _TRAIN


def parts(names: Iterable[str], where: str) -> Parts | None:
    """Return which of the named parts are used, None if none of them is called train and another test or validation.

    Raises
    ------
    DqError
        Two of them could be it.
    """
    given = natural(names)
    train = _one(given, _TRAIN, where)
    test = next((found for words in _TESTS if (found := _one(given, words, where))), None)
    if train is None or test is None:
        return None
    aside = [name for name in given if name not in (train, test)]
    if test.strip().casefold() in _TESTS[0] and not aside:
        return Parts(train, test)
    left = f"; left aside: {', '.join(aside)}" if aside else ""
    return Parts(train, test, (f"{where}: trained on {train}, tested on {test}{left}",))


def parts_of_column(values: Iterable[str], where: str) -> Parts:
    """Return which of the values of a split column are used. Raises DqError if they are not all known words."""
    given = natural(values)
    known = {*_TRAIN, *(word for words in _TESTS for word in words)}
    if strange := [name for name in given if name.strip().casefold() not in known]:
        raise DqError(f"{where} has the split {strange[0]!r}", f"write {_WORDS}")
    if found := parts(given, where):
        return found
    raise DqError(f"{where} has only the split {' and '.join(map(repr, given))}", f"write {_WORDS}, or no split at all")


def drawn(labels: NDArray[np.int64], fraction: float, seed: int) -> NDArray[np.bool]:
    """Mark a fraction of each class (N,) for testing: at least one of it, and never all."""
    test = np.zeros(len(labels), np.bool)
    for label in np.unique(labels).tolist():
        members = np.flatnonzero(labels == label)
        count = min(max(1, round(fraction * len(members))), len(members) - 1)
        test[members[np.random.default_rng([seed, label]).permutation(len(members))[:count]]] = True
    return test


def _one(given: Iterable[str], words: tuple[str, ...], where: str) -> str | None:
    found = [name for name in given if name.strip().casefold() in words]
    if len(found) > 1:
        raise DqError(f"{where} has both {found[0]} and {found[1]}", "keep one of them")
    return found[0] if found else None
