"""What each version of each corruption returns: where a digest changes with the distribution, raise the version."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from dqsuite.core.seeds import streams
from dqsuite.corruptions import CORRUPTIONS, apply, parse
from dqsuite.corruptions.class_maps import CIFAR10

GOLDEN = {
    "shuffle:0.3": (1, "e406fe77a941"),
    "wrong:0.3": (1, "a7a0af2f845b"),
    "biased:0.3": (1, "0bd9833b8c89"),
    "first_wrong:0.3": (1, "7d84ae553bb9"),
    "to_class:0.3": (1, "a4b840256051"),
    "symmetric:0.3": (1, "55ceee8d5492"),
    "pair_flip:0.3": (1, "16c04a799584"),
    "asymmetric:0.3": (1, "dedf5d365fae"),
    "transition:0.3;matrix={matrix}": (1, "dbcba2705a76"),
    "reduce:0.3": (1, "1ca7fe4eff92"),
    "first:100": (1, "dae62d69e486"),
    "drop_class:3": (1, "b59b3128ecc0"),
    "relabel_class:3": (1, "5a0f0d46c35f"),
    "long_tail:10": (2, "f4ff38a7528c"),
    "contrast:2": (1, "2ab132c69ed6"),
    "contrast:2;pivot=mean": (1, "4befadd9f8b7"),
    "gaussian:8": (1, "a1f283f41353"),
    "salt_pepper:0.1": (1, "9d8bd17d717a"),
    "gamma:2": (1, "2da14f91ca70"),
}


def test_every_corruption_is_pinned():
    assert {text.partition(":")[0] for text in GOLDEN} == set(CORRUPTIONS)


@pytest.mark.parametrize("text", GOLDEN)
def test_a_version_always_does_the_same(text, tmp_path):
    np.save(tmp_path / "t.npy", np.eye(10) * 0.5 + 0.05)
    chain = parse(text.format(matrix=tmp_path / "t.npy"))
    labels = np.arange(200) % 10
    images = (np.arange(200 * 4 * 4 * 3) % 256).astype(np.uint8).reshape(200, 4, 4, 3)
    damaged = apply(chain, images, labels, CIFAR10, streams(0).noise)
    digest = hashlib.sha256(damaged.images.tobytes() + damaged.labels.tobytes() + damaged.kept.tobytes())
    version, expected = GOLDEN[text]
    assert (CORRUPTIONS[chain.terms[0].name].version, digest.hexdigest()[:12]) == (version, expected)
