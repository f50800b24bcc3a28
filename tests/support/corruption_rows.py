"""The table of corruptions that their tests go through: a new corruption needs one row here.

A parameter that makes the function do something else has a row of its own, named after a space.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from dqsuite.core.seeds import generator, streams
from dqsuite.corruptions.class_maps import CIFAR10

K = len(CIFAR10)
MATRIX = np.eye(K) * 0.6 + 0.04  # each label stays with probability 0.64
MAPPED = [2, 3, 4, 5, 9]  # bird, cat, deer, dog, truck


@dataclass(frozen=True)
class Row:
    """``small`` and ``large`` are two levels; ``rate`` gives the effective rate of a fraction and the class shares.

    ``golden`` is a level with the digest of what it does, which changes with the ``version`` alone.

    ``nests`` says what of the smaller level is part of the larger one: the ``fates`` of records (which are picked, and
    what becomes of each), only the ``picks``, the records ``left`` (here of the larger in the smaller), or nothing.
    """

    kind: str
    small: str
    large: str
    golden: tuple[str, str]
    random: bool = True
    rate: Callable[[float, np.ndarray], float] = lambda x, shares: 0.0
    nests: str = ""
    version: int = 1

    @property
    def nesting(self) -> str:
        return self.nests or {"labels": "fates", "images": "fates", "volume": "left", "relabel": "nothing"}[self.kind]


TABLE = {
    # A permutation of fewer records is not part of a permutation of more.
    "shuffle": Row(
        "labels",
        "shuffle:0.1",
        "shuffle:0.45",
        ("shuffle:0.3", "e406fe77a941"),
        rate=lambda x, p: x * (1 - (p**2).sum()),
        nests="picks",
    ),
    "wrong": Row("labels", "wrong:0.1", "wrong:0.45", ("wrong:0.3", "a7a0af2f845b"), rate=lambda x, p: x),
    "biased": Row("labels", "biased:0.1", "biased:0.45", ("biased:0.3", "0bd9833b8c89"), rate=lambda x, p: x),
    "first_wrong": Row(
        "labels", "first_wrong:0.1", "first_wrong:0.45", ("first_wrong:0.3", "7d84ae553bb9"), rate=lambda x, p: x
    ),
    "to_class": Row(
        "labels",
        "to_class:0.1;class=cat",
        "to_class:0.45;class=cat",
        ("to_class:0.3", "a4b840256051"),
        rate=lambda x, p: x * (1 - p[3]),
    ),
    "symmetric": Row(
        "labels",
        "symmetric:0.1",
        "symmetric:0.45",
        ("symmetric:0.3", "55ceee8d5492"),
        rate=lambda x, p: x * (1 - 1 / K),
    ),
    "pair_flip": Row(
        "labels", "pair_flip:0.1", "pair_flip:0.45", ("pair_flip:0.3", "16c04a799584"), rate=lambda x, p: x
    ),
    "asymmetric": Row(
        "labels",
        "asymmetric:0.1",
        "asymmetric:0.45",
        ("asymmetric:0.3", "dedf5d365fae"),
        rate=lambda x, p: x * p[MAPPED].sum(),
    ),
    "transition": Row(
        "labels",
        "transition:0.1;matrix={matrix}",
        "transition:0.45;matrix={matrix}",
        ("transition:0.3;matrix={matrix}", "dbcba2705a76"),
        rate=lambda x, p: x * 0.36,
    ),
    "reduce": Row("volume", "reduce:0.1", "reduce:0.45", ("reduce:0.3", "1ca7fe4eff92")),
    "first": Row("volume", "first:150", "first:120", ("first:100", "dae62d69e486"), random=False),
    "fold": Row("volume", "fold:1", "fold:2", ("fold:2;of=10", "4feadbeb0a0d"), nests="nothing"),
    "drop_class": Row("volume", "drop_class:3", "drop_class:3/dog", ("drop_class:3", "b59b3128ecc0"), random=False),
    "relabel_class": Row(
        "relabel",
        "relabel_class:cat-dog",
        "relabel_class:3-5",
        ("relabel_class:3", "5a0f0d46c35f"),
        random=False,
        rate=lambda x, p: p[3],
    ),
    "long_tail": Row("volume", "long_tail:2", "long_tail:10", ("long_tail:10", "f4ff38a7528c"), version=2),
    "contrast": Row("images", "contrast:2;fraction=0.1", "contrast:2;fraction=0.45", ("contrast:2", "2ab132c69ed6")),
    "contrast mean": Row(
        "images",
        "contrast:2;fraction=0.1;pivot=mean",
        "contrast:2;fraction=0.45;pivot=mean",
        ("contrast:2;pivot=mean", "4befadd9f8b7"),
    ),
    "gaussian": Row("images", "gaussian:16;fraction=0.1", "gaussian:16;fraction=0.45", ("gaussian:8", "a1f283f41353")),
    "salt_pepper": Row(
        "images", "salt_pepper:0.3;fraction=0.1", "salt_pepper:0.3;fraction=0.45", ("salt_pepper:0.1", "9d8bd17d717a")
    ),
    "gamma": Row("images", "gamma:2;fraction=0.1", "gamma:2;fraction=0.45", ("gamma:2", "2da14f91ca70")),
}
REPEATS = st.integers(0, 10_000)


def of_kind(*kinds: str) -> list[str]:
    return [name for name, row in TABLE.items() if row.kind in kinds]


def data(size: int, repeat: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(repeat)
    images = rng.integers(0, 256, (size, 2, 3, 3), dtype=np.uint8)
    return images, rng.permutation(np.arange(size) % K)


def prefix(size: int, count: int, repeat: int) -> np.ndarray:
    """The records that a first step picks at a repeat."""
    return generator(streams(repeat).noise, 0).permutation(size)[:count]
