"""Salt-and-pepper noise."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import ImageNoise, Images
from dqsuite.corruptions.values import Number


def salt_pepper(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Blacken and whiten pixels, all channels of a pixel together.

    Source: He et al. 2019. Formula: 0 where r < a, 255 where r > 1 - a, else x; r uniform over 0 .. 1, one draw per
    pixel, a = ``level``, so that a fraction 2a of the pixels is hit. Effective rate: 0, no label changes.
    """
    drawn = rng.random(images.shape[:3])[..., None]
    return np.where(drawn < level, 0, np.where(drawn > 1 - level, 255, images)).astype(np.uint8)


CORRUPTION = ImageNoise(salt_pepper, Number(low="0", high="0.5", example="0.1", nothing="0"))
