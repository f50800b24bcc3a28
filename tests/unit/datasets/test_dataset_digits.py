from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from dqsuite.datasets import load


def test_the_digits_are_all_there_once():
    dataset = load("digits")
    images = np.concatenate([dataset.x_train, dataset.x_test])[..., 0]
    labels = np.concatenate([dataset.y_train, dataset.y_test])
    original = load_digits()
    rows = {(*image.ravel().tolist(), label) for image, label in zip(images, labels.tolist(), strict=True)}
    stretched = np.rint(original.images * 255 / 16).astype(int)
    assert rows == {(*i.ravel().tolist(), label) for i, label in zip(stretched, original.target.tolist(), strict=True)}


def test_the_split_is_the_same_for_everyone_and_stratified():
    dataset = load("digits")
    assert dataset.fingerprint == "c870f85cd450735f"
    assert (len(dataset.x_train), len(dataset.x_test)) == (1297, 500)
    shares = np.bincount(dataset.y_test) / np.bincount(np.concatenate([dataset.y_train, dataset.y_test]))
    np.testing.assert_allclose(shares, 500 / 1797, atol=0.01)
