from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give each test a cache of its own, and no files of the user's."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("DQSUITE_CACHE", str(folder))
    monkeypatch.delenv("DQSUITE_DATA", raising=False)
    return folder


@pytest.fixture
def arrays():
    """Return a small valid content: 12 training and 6 test images of 3 classes."""
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (12, 8, 9), np.uint8),
        "y_train": np.arange(12) % 3,
        "x_test": rng.integers(0, 256, (6, 8, 9), np.uint8),
        "y_test": np.arange(6) % 3,
    }


@pytest.fixture
def save(tmp_path):
    """Return a function that writes arrays and returns the text that names the file."""

    def write(arrays):
        path = tmp_path / "my data.npz"
        np.savez(path, **arrays)
        return f"npz:{path}"

    return write
