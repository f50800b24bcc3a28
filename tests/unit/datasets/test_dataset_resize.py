from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from dqsuite.datasets.resize import all_resized, resized


def random_images(channels, count=3, side=8):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, channels), np.uint8)


def test_enlarging_interpolates_between_the_centres_of_the_pixels():
    ramp = np.tile(np.arange(0, 128, 16, dtype=np.uint8), (1, 8, 1))[..., None]
    row = all_resized(ramp, 16)[0, 0, :, 0]
    np.testing.assert_array_equal(row, [0, *range(4, 112, 8), 112])


def test_shrinking_weighs_all_the_pixels():
    checkered = np.indices((1, 16, 16)).sum(0) % 2 * np.uint8(254)
    small = all_resized(checkered[..., None].astype(np.uint8), 8)
    assert small.min() > 100
    assert small.max() < 154


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [8, 11, 16])
def test_every_image_and_channel_is_resized_by_itself(channels, size):
    images = random_images(channels)
    together = all_resized(images, size)
    assert (together.dtype, together.shape) == (np.uint8, (3, size, size, channels))
    for image, found in zip(images, together, strict=True):
        for channel in range(channels):
            alone = resized(Image.fromarray(image[..., channel]), size)
            np.testing.assert_array_equal(found[..., channel], np.asarray(alone))


@pytest.mark.parametrize("channels", [1, 3])
def test_images_of_that_size_stay_as_they_are(channels):
    images = random_images(channels)
    np.testing.assert_array_equal(all_resized(images, 8), images)
