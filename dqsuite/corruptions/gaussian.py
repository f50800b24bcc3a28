"""Additive white Gaussian noise."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import ImageNoise, Images
from dqsuite.corruptions.values import Number


def gaussian(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Add noise, the same to all channels of a pixel.

    Source: He et al. 2019; the rounding is ours. Formula: clip(x + sigma n) to 0 .. 255, n ~ N(0, 1), one draw per
    pixel, rounded half to even; sigma = ``level``, on the scale 0 .. 255. Effective rate: 0, no label changes.
    """
    noise = rng.standard_normal(images.shape[:3])[..., None]
    return np.rint(np.clip(images + level * noise, 0, 255)).astype(np.uint8)


CORRUPTION = ImageNoise(gaussian, Number(low="0.001", high="1000", example="8", nothing="0"))
