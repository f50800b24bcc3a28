"""The card of a data set: what a report needs to know when the data set is not at hand."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import parse_term
from dqsuite.datasets import Dataset
from dqsuite.experiment.encoding import LARGEST, opened, pack
from dqsuite.experiment.schema import CardHeader, header_of
from dqsuite.experiment.store import CARDS, Store


@dataclass(frozen=True, eq=False, kw_only=True)
class Card:
    """Names, counts and test labels of a data set, without an image.

    Attributes
    ----------
    name, fingerprint : str
        As in `Dataset`: canonical name, digest of the content.
    classes : tuple of str
        The K class names.
    y_test : int64 (N,)
        The labels of the test images.
    n_train : int
        The number of training images.
    train_histogram : tuple of int
        The number of training images of each of the K classes.
    image_shape : (int, int, int)
        Height, width and channels.
    variant : str
        How the content relates to the published data set (``official``); empty if the fingerprint is not known.
    """

    name: str
    fingerprint: str
    classes: tuple[str, ...]
    y_test: NDArray[np.int64]
    n_train: int
    train_histogram: tuple[int, ...]
    image_shape: tuple[int, int, int]
    variant: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "variant", _known().get(self.fingerprint, {}).get("variant", ""))

    @classmethod
    def of(cls, dataset: Dataset) -> Card:
        """Return the card of a data set."""
        height, width, channels = dataset.x_train.shape[1:]
        return cls(
            name=dataset.name,
            fingerprint=dataset.fingerprint,
            classes=dataset.classes,
            y_test=dataset.y_test,
            n_train=len(dataset.y_train),
            train_histogram=tuple(np.bincount(dataset.y_train, minlength=len(dataset.classes)).tolist()),
            image_shape=(height, width, channels),
        )

    def to_bytes(self) -> bytes:
        """Return the card as a record, the same bytes for the same card."""
        return pack({name: getattr(self, name) for name in _HEADER}, y_test=self.y_test)

    @classmethod
    def from_bytes(cls, data: bytes) -> Card:
        """Read what `to_bytes` wrote.

        Raises
        ------
        ValueError
            The bytes are damaged.
        """
        text, arrays = opened(data, LARGEST)
        try:
            known = header_of(text, CardHeader)
            parse_term(known.name)
            y_test = arrays["y_test"]
        except (ValueError, LookupError, DqError) as error:
            raise ValueError(f"damaged card of a data set: {error}") from error
        card = cls(
            name=known.name,
            fingerprint=known.fingerprint,
            classes=tuple(known.classes),
            y_test=y_test,
            n_train=known.n_train,
            train_histogram=tuple(known.train_histogram),
            image_shape=known.image_shape,
        )
        if not card._fits_together():
            raise ValueError("damaged card of a data set: its parts do not fit together")
        if card.is_known and card.digest() != _known()[card.fingerprint]["card"]:
            raise ValueError("it is not the card of the data set with this fingerprint")
        return card

    @property
    def is_known(self) -> bool:
        """Whether it is that of a published data set, which has but one."""
        return self.fingerprint in _known()

    def digest(self) -> str:
        """Return 16 hex digits of the SHA-256 over what the card says."""
        plain = json.dumps({name: getattr(self, name) for name in _HEADER}, sort_keys=True)
        return hashlib.sha256(plain.encode() + self.y_test.astype("<i8").tobytes()).hexdigest()[:16]

    def keep(self, store: Store) -> None:
        """Store a card that was derived from its data set; one that says otherwise is set aside."""
        try:
            if self.same(Card.from_bytes(store.get(CARDS, self.fingerprint))):
                return
            store.set_aside(CARDS, self.fingerprint)
        except KeyError:
            pass
        except ValueError:
            store.set_aside(CARDS, self.fingerprint)
        store.put_if_absent(CARDS, self.fingerprint, self.to_bytes())

    def _fits_together(self) -> bool:
        y, k = self.y_test, len(self.classes)
        whole = y.dtype == np.int64 and y.ndim == 1 and y.size > 0 and y.min() >= 0 and y.max() < k
        counted = len(self.train_histogram) == k and sum(self.train_histogram) == self.n_train > 0
        named = len(set(self.classes)) == k and all(name.strip() for name in self.classes)
        return bool(whole and counted and named)

    def same(self, other: Card) -> bool:
        """Tell whether two cards say the same."""
        plain = all(getattr(self, name) == getattr(other, name) for name in _HEADER)
        return plain and np.array_equal(self.y_test, other.y_test)


_HEADER = ("name", "fingerprint", "classes", "n_train", "train_histogram", "image_shape")


@cache
def _known() -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("known.json").read_text())
    return known
