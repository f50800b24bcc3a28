"""Damage done to any data, at any repeat."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from corruption_rows import MATRIX

from dqsuite.core.seeds import streams
from dqsuite.corruptions import Damaged, apply, parse
from dqsuite.corruptions.class_maps import CIFAR10


@pytest.fixture(scope="session")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("matrix") / "matrix.npy"
    np.save(path, MATRIX)
    return str(path)


@pytest.fixture(scope="session")
def damage(matrix: str) -> Callable[..., Damaged]:
    def run(text: str, images: np.ndarray, labels: np.ndarray, repeat: int = 0) -> Damaged:
        return apply(parse(text.format(matrix=matrix)), images, labels, CIFAR10, streams(repeat).noise)

    return run
