from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from dqsuite.datasets import load
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.duplicates import Found, Pair, duplicates


def pictures(count, seed=0, size=32):
    """Return smooth pictures, uint8 (N, size, size, 3): coarse noise, enlarged."""
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 5, 5, 3), np.uint8)
    large = [np.asarray(Image.fromarray(each).resize((size, size), Image.Resampling.BICUBIC)) for each in coarse]
    return np.stack(large)


@pytest.fixture
def data():
    images = pictures(60)
    labels = np.arange(60) % 3
    return Arrays(images[:40], labels[:40], images[40:], labels[40:], ("a", "b", "c"))


def compressed(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=90)
    return np.asarray(Image.open(file))


def test_different_pictures_are_no_copies(data):
    assert not duplicates(data).any


def test_a_test_picture_that_is_a_training_picture_too_is_found(data):
    data.x_test[2] = data.x_train[7]
    found = duplicates(data)
    assert found.both_splits == Found(1, (Pair(7, 2, ("b", "a")),))
    assert found.both_splits_near == found.two_labels == Found()
    assert duplicates(data, near=False) == found


CHANGED = {
    "compressed": compressed,
    "noise": lambda image: np.clip(image + np.random.default_rng(1).normal(0, 4, image.shape), 0, 255).astype(np.uint8),
    "brighter": lambda image: np.clip(image.astype(int) + 3, 0, 255).astype(np.uint8),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_near_copies_are_found_as_such(data, change):
    data.x_test[2] = change(data.x_train[7])
    found = duplicates(data)
    assert found.both_splits == Found()
    assert found.both_splits_near == Found(1, (Pair(7, 2, ("b", "a")),))
    assert not duplicates(data, near=False).any


def test_training_pictures_under_two_labels_are_found_exactly_and_nearly(data):
    data.x_train[1] = data.x_train[0]
    data.x_train[5] = compressed(data.x_train[3])
    found = duplicates(data)
    assert found.two_labels == Found(2, (Pair(1, 0, ("b", "a")), Pair(0, 1, ("a", "b"))))
    assert found.two_labels_near == Found(2, (Pair(5, 3, ("c", "a")), Pair(3, 5, ("a", "c"))))


def test_copies_under_one_label_are_no_contradiction(data):
    data.x_train[3] = data.x_train[0]
    assert not duplicates(data).any


def test_the_bundled_digits_have_none():
    assert not duplicates(load("digits")).any


@pytest.mark.parametrize("shape", [(8, 8, 1), (9, 13, 3), (64, 40, 1)])
def test_any_size_is_searched(shape):
    images = np.random.default_rng(0).integers(0, 256, (20, *shape), np.uint8)
    labels = np.arange(10) % 2
    found = duplicates(Arrays(images[:10], labels, images[10:], labels, ("a", "b")))
    assert not found.any
    images[15] = images[4]
    assert duplicates(Arrays(images[:10], labels, images[10:], labels, ("a", "b"))).both_splits.count == 1
