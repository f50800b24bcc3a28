"""Images brought to another size: bilinearly, by Pillow, which averages over more pixels where it shrinks an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image


def resized(image: Image.Image, size: int) -> Image.Image:
    """Return the image in mode L or RGB, `size` pixels high and wide."""
    from PIL import Image

    return image.resize((size, size), Image.Resampling.BILINEAR)


def all_resized(images: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Return images uint8 (N, H, W, C) as (N, size, size, C), each resized by itself."""
    from PIL import Image

    found = np.empty((len(images), size, size, images.shape[3]), np.uint8)
    for image, place in zip(images, found, strict=True):
        place[:] = np.atleast_3d(np.asarray(resized(Image.fromarray(image.squeeze()), size)))
    return found
