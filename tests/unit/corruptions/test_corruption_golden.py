"""What each version of each corruption returns: where a digest changes with the distribution, raise the version."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from corruption_rows import TABLE

from dqsuite.core.seeds import streams
from dqsuite.corruptions import CORRUPTIONS, apply, parse
from dqsuite.corruptions.class_maps import CIFAR10


@pytest.mark.parametrize("name", TABLE)
def test_a_version_always_does_the_same(name, tmp_path):
    np.save(tmp_path / "t.npy", np.eye(10) * 0.5 + 0.05)
    text, expected = TABLE[name].golden
    chain = parse(text.format(matrix=tmp_path / "t.npy"))
    labels = np.arange(200) % 10
    images = (np.arange(200 * 4 * 4 * 3) % 256).astype(np.uint8).reshape(200, 4, 4, 3)
    damaged = apply(chain, images, labels, CIFAR10, streams(0).noise)
    digest = hashlib.sha256(damaged.images.tobytes() + damaged.labels.tobytes() + damaged.kept.tobytes())
    assert (CORRUPTIONS[name.split()[0]].version, digest.hexdigest()[:12]) == (TABLE[name].version, expected)
