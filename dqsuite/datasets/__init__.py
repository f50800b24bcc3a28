"""Data sets: named in the one grammar, read from where they are, known by the fingerprint of their content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dqsuite.datasets import digits, folder, named, npz, planted
from dqsuite.datasets.base import Dataset, Identity, Source
from dqsuite.datasets.cache import recall, remember
from dqsuite.datasets.card import Card
from dqsuite.grammar import Term, parse_term
from dqsuite.registry import Registry

__all__ = ["DATASETS", "Card", "Dataset", "Identity", "identify", "load"]

DATASETS: Registry[Callable[[Term], Source]] = Registry(
    "data set",
    {
        "digits": digits.source,
        "planted": planted.source,
        "mnist": named.source,
        "fashion_mnist": named.source,
        "cifar10": named.source,
        "cifar100": named.source,
        "folder": folder.source,
        "npz": npz.source,
    },
)


def load(text: str) -> Dataset:
    """Read the data set that a text names, such as ``mnist``, ``planted;classes=5`` or ``npz:my.npz``.

    Raises
    ------
    DqError
        The text names no data set, or what it names cannot be read.
    """
    source = _source(text)
    stamp = source.stamp()
    arrays = source.read()
    fingerprint = recall(stamp)
    if not fingerprint:
        fingerprint = arrays.fingerprint()
        remember(stamp, fingerprint)
    return Dataset(name=source.name(fingerprint), title=text.strip(), fingerprint=fingerprint, **arrays._asdict())


def identify(text: str) -> Identity:
    """Return name and fingerprint of the data set that a text names; it is read only if its stamp is new.

    Raises DqError as `load`.
    """
    source = _source(text)
    fingerprint = recall(source.stamp()) or load(text).fingerprint
    return Identity(source.name(fingerprint), fingerprint)


def _source(text: str) -> Source:
    term = parse_term(text)
    # A path is not a number: folder:010 must not become folder:10.
    path = text.strip().partition(";")[0].partition(":")[2].strip()
    return DATASETS[term.name](replace(term, value=path))
