"""Brightness by a gamma curve."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import ImageNoise, Images
from dqsuite.corruptions.values import FACTOR


def gamma(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Bend the brightness of every value.

    Source: He et al. 2019, who call ``exposure.adjust_gamma(x, g)`` of scikit-image. Formula: 255 (x / 255)^g, rounded
    half to even as scikit-image does now (before, it cut fractions off: a value is then the same or one less);
    g = ``level`` above 1 darkens. Effective rate: 0, no label changes.
    """
    table: Images = np.rint(255 * (np.arange(256) / 255) ** level).astype(np.uint8)
    return table[images]


CORRUPTION = ImageNoise(gamma, FACTOR)
