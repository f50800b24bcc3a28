"""``digits``: 1,797 handwritten digits of 8x8 pixels, bundled with scikit-learn: real images without a download."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from dqsuite.core.grammar import Term
from dqsuite.datasets import params
from dqsuite.datasets.base import Arrays

_TEST = 500
_SEED = 0
_VERSION = 1  # rises when the split or the scaling changes


@dataclass(frozen=True)
class Digits:
    """The digits, split once and for all into 1,297 training and 500 test images, stratified by class."""

    def stamp(self) -> str:
        """Return the version of the split and of scikit-learn, which is not imported."""
        from importlib.metadata import version

        return f"digits {_VERSION}, scikit-learn {version('scikit-learn')}"

    def read(self) -> Arrays:
        """Return images whose grey levels 0..16 are stretched to 0..255."""
        table = _table()
        images = np.rint(table[:, :-1] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
        labels = table[:, -1].astype(np.int64)
        test = _stratified(labels)
        return Arrays(images[~test], labels[~test], images[test], labels[test], tuple("0123456789"))

    def name(self, fingerprint: str) -> str:
        """Return ``digits``."""
        return "digits"


def source(term: Term) -> Digits:
    """Return the data set that ``digits`` names."""
    params.only(term)
    return Digits()


def _table() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return a row for each image, its 64 grey levels and its label, from the file that `load_digits` reads.

    Without scikit-learn itself, whose import takes longer than most that is done with these images.
    """
    package = find_spec("sklearn")
    assert package
    assert package.origin
    with gzip.open(Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz", "rt") as file:
        return np.loadtxt(file, delimiter=",")


def _stratified(
    labels: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool]]:
    """Mark `_TEST` of the items for testing: from a random order, evenly spaced through the classes."""
    order = np.random.default_rng(_SEED).permutation(len(labels))
    by_class = order[np.argsort(labels[order], kind="stable")]
    test = np.zeros(len(labels), np.bool)
    test[by_class[np.arange(_TEST) * len(labels) // _TEST]] = True
    return test
