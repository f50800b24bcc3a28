"""Data sets: named in the one grammar, read from where they are, known by the fingerprint of their content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term, parse_term
from dqsuite.core.registry import Registry
from dqsuite.datasets import csvfile, digits, folder, named, npz, parquet, planted
from dqsuite.datasets.base import Dataset, DatasetIdentity, DataSource
from dqsuite.datasets.cache import recall, remember

__all__ = ["DATASETS", "Dataset", "DatasetIdentity", "identify", "load"]


@dataclass(frozen=True)
class Kind:
    """A data set to choose: how a term that names it becomes a source, and one line about it.

    `records` is how many training images it has where no parameter says otherwise, None where only the data tell.
    """

    open: Callable[[Term], DataSource]
    about: str
    records: int | None = None


DATASETS: Registry[Kind] = Registry(
    "data set",
    {
        "digits": Kind(digits.source, "1,797 images of handwritten digits, 8×8, grey; bundled, no download", 1297),
        "planted": Kind(planted.source, "generated, with known look-alike pairs and fragile classes", 2000),
        "mnist": Kind(named.source, "70,000 images of handwritten digits, 28×28, grey", 60_000),
        "fashion_mnist": Kind(named.source, "70,000 images of clothes, 28×28, grey", 60_000),
        "cifar10": Kind(named.source, "60,000 images of animals and vehicles, 32×32, colour, 10 classes", 50_000),
        "cifar100": Kind(named.source, "60,000 images, 32×32, colour, 100 classes", 50_000),
        "folder": Kind(
            folder.source, "folder:PATH, your images: a sub-folder for each class, train/ and test/ or a split"
        ),
        "csv": Kind(csvfile.source, "csv:FILE, a table of paths, labels and, if there is one, splits"),
        "parquet": Kind(parquet.source, "parquet:FILE, a table of images, or their paths, and labels; extra parquet"),
        "npz": Kind(npz.source, "npz:PATH, your arrays: x_train y_train x_test y_test, as Keras has them"),
    },
    group="dqsuite.datasets",
    of=Kind,
)


_PATHS = ("folder", "csv", "parquet", "npz")
_computed: dict[str, str] = {}  # the fingerprints that this process has computed itself, by stamp


def load(text: str) -> Dataset:
    """Read the data set that a text names, such as ``mnist``, ``planted;classes=5`` or ``npz:my.npz``.

    The fingerprint is computed, once in a process, and replaces a remembered one that differs.

    Raises
    ------
    DqError
        The text names no data set, or what it names cannot be read.
    """
    source = _source(text)
    stamp = source.stamp()
    arrays = source.read()
    fingerprint = _computed.get(stamp) or arrays.fingerprint()
    _computed[stamp] = fingerprint
    if recall(stamp) != (fingerprint, arrays.notes):
        remember(stamp, fingerprint, arrays.notes)
    return Dataset(name=source.name(fingerprint), fingerprint=fingerprint, **arrays._asdict())


def identify(text: str) -> DatasetIdentity:
    """Return name and fingerprint of the data set that a text names; it is read only if its stamp is new.

    Raises DqError as `load`.
    """
    source = _source(text)
    found = recall(source.stamp()) or load(text)
    return DatasetIdentity(source.name(found.fingerprint), found.fingerprint, found.notes)


def pinned(text: str) -> str:
    """Return the canonical name of a data set, by which this process finds it from now on. Raises DqError as `load`."""
    name = identify(text).name
    if name != text:
        _texts[name] = text
    return name


_texts: dict[str, str] = {}
"""Pinned names to the texts that they stand for."""


def _source(text: str) -> DataSource:
    text = _texts.get(text, text)
    try:
        term = parse_term(text)
    except DqError as error:
        if text.strip().startswith(tuple(f"{name}:" for name in _PATHS)):
            raise DqError(error.cause, f"{error.mend}; a path cannot contain ';'") from error
        raise
    # A path is not a number: folder:010 must not become folder:10.
    path = text.strip().partition(";")[0].partition(":")[2].strip()
    return DATASETS[term.name].open(replace(term, value=path))
