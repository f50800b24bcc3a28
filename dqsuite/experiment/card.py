"""The card of a data set: what a report needs to know when the data set is not at hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.datasets import Dataset
from dqsuite.experiment.encoding import pack, unpack


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
        header, arrays = unpack(data)
        try:
            y_test = arrays["y_test"]
            fields: dict[str, Any] = {name: tuple(v) if isinstance(v := header[name], list) else v for name in _HEADER}
            card = cls(y_test=y_test, **fields)
        except (LookupError, TypeError) as error:
            raise ValueError(f"damaged card of a data set: {error!r}") from error
        fits = y_test.dtype == np.int64 and y_test.ndim == 1 and len(card.train_histogram) == len(card.classes)
        if not fits or np.any((y_test < 0) | (y_test >= len(card.classes))) or np.shape(card.image_shape) != (3,):
            raise ValueError("damaged card of a data set: its parts do not fit together")
        return card


_HEADER = ("name", "fingerprint", "classes", "n_train", "train_histogram", "image_shape")


@cache
def _known() -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("known.json").read_text())
    return known
