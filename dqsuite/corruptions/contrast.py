"""Contrast weakened or strengthened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dqsuite.corruptions.base import ImageNoise, Images
from dqsuite.corruptions.values import FACTOR, Choice

PIVOTS = ("128", "mean")
_MIDDLE = 128
_LUMA = np.array([19595, 38470, 7471])  # of red, green and blue, in 65536ths: ITU-R 601 as Pillow's convert("L") has it


def contrast(images: Images, level: float, rng: np.random.Generator, *, pivot: str) -> Images:
    """Scale the distance of every value from a pivot.

    Source: He et al. 2019 change the contrast "slightly", without a formula or a factor; formula and pivots are ours.
    Formula: clip(p + c(x - p)) to 0 .. 255, rounded half to even; c = ``level`` below 1 weakens. The pivot p is 128, or
    with ``pivot=mean`` the mean of the image in grey, rounded: that is Pillow's ``ImageEnhance.Contrast``, but for its
    cutting off fractions. Effective rate: 0, no label changes.
    """
    pivots = _grey_means(images) if pivot == "mean" else np.full(len(images), _MIDDLE)
    distances = np.arange(256) - pivots[:, None].astype(float)
    tables = np.rint(np.clip(pivots[:, None] + level * distances, 0, 255)).astype(np.uint8)
    return np.take_along_axis(tables, images.reshape(len(images), -1), axis=1).reshape(images.shape)


def _grey_means(images: Images) -> NDArray[np.int64]:
    """Return the mean of each image (n, H, W, C) in grey, rounded half up, int64 (n,)."""
    grey = (images @ _LUMA + 2**15) >> 16 if images.shape[3] == 3 else images[..., 0]
    means: NDArray[np.int64] = np.floor(grey.mean(axis=(1, 2)) + 0.5).astype(np.int64)
    return means


CORRUPTION = ImageNoise(contrast, FACTOR, {"pivot": Choice.of(*PIVOTS)})
