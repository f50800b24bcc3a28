"""Contrast weakened or strengthened."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import ImageNoise, Images
from dqsuite.corruptions.values import FACTOR


def contrast(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Scale the distance of every value from 128.

    Source: He et al. 2019. Formula: clip(128 + c(x - 128)) to 0 .. 255, rounded half to even; c = ``level`` below 1
    weakens. Effective rate: 0, no label changes.
    """
    table: Images = np.rint(np.clip(128 + level * (np.arange(256) - 128.0), 0, 255)).astype(np.uint8)
    return table[images]


CORRUPTION = ImageNoise(contrast, FACTOR)
