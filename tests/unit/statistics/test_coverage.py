"""How often the interval of a rate covers the truth, in worlds where it is known.

The worlds are those of `worlds.world`, made faster: all rates and spreads of a number of repeats and images share the
same images and the same luck, and go into `Blocks` by their mean squares.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtri
from worlds import HARD, HARD_HERE, LUCK

from dqsuite.statistics.blocks import Blocks
from dqsuite.statistics.estimate import estimates_of, rate

RATES = (0.5, 0.7, 0.97)
SKILLS = {"none": 0.0, "0.03": 0.03, "0.1": 0.1, "t(3), 0.1": 0.1}  # spread of the repeats
SPAN = np.array([[0.0, 1.0]])
_CELLS = 4_000_000  # predictions at once


def covered(repeats: int, images: int, worlds: int) -> dict[tuple[float, str], tuple[float, float]]:
    """Return, for each rate and skill, the coverage and the share of worlds with ten right and wrong in each repeat."""
    found: dict[tuple[float, str], list[tuple[bool, bool]]] = {(p, name): [] for p in RATES for name in SKILLS}
    rng = np.random.default_rng(repeats * images)
    for many in _parts(worlds, repeats * images):
        image = sqrt(HARD + HARD_HERE) * rng.standard_normal((many, 1, images), np.float32)
        latent = image + sqrt(LUCK) * rng.standard_normal((many, repeats, images), np.float32)
        skills = rng.standard_normal((many, repeats, 1)), rng.standard_t(3, (many, repeats, 1)) / sqrt(3)
        for (p, name), hits in found.items():
            skill = SKILLS[name] * skills["t(3)" in name]
            bar = ndtri(p) * sqrt(1 + SKILLS[name] ** 2)
            hits.extend(_hits(latent < (bar - skill).astype(np.float32), p))
    return {key: tuple(np.mean(hits, axis=0)) for key, hits in found.items()}


def _parts(worlds: int, size: int) -> Iterator[int]:
    many = max(1, min(worlds, _CELLS // size))
    yield from [many] * (worlds // many)
    if worlds % many:
        yield worlds % many


def _hits(right: NDArray[np.bool_], p: float) -> Iterator[tuple[bool, bool]]:
    """Yield for each world of (worlds, repeats, images) whether the interval covers, and whether there are enough."""
    _, n, images = right.shape
    by_repeat = right.sum(2, dtype=np.int32) / images
    by_image = right.sum(1, dtype=np.int32) / n
    mean = by_repeat.mean(1)
    whole = n * images * mean * (1 - mean)  # of scores that are 1 or 0
    of_images = n * ((by_image - mean[:, None]) ** 2).sum(1)
    of_repeats = images * ((by_repeat - mean[:, None]) ** 2).sum(1)
    inner = (whole - of_images - of_repeats) / ((n - 1) * (images - 1))
    between, least = of_images / (images - 1), whole / (n * images - 1)
    parts = np.stack([between, inner, least], 1)[:, :, None, None, None] / (n * images)
    enough = (np.minimum(by_repeat, 1 - by_repeat) * images >= 10).all(1)
    for values, (one, other, last), many in zip(by_repeat[:, :, None], parts, enough, strict=True):
        alone = Blocks(values, one, other, last, np.array([images])).alone([0])
        _, low, high, _ = estimates_of(alone, SPAN)[0].interval()
        yield low <= p <= high, bool(many)


def _check(repeats: int, images: int, worlds: int) -> None:
    error = 3 * sqrt(0.06 * 0.94 / worlds)
    for setting, (share, enough) in covered(repeats, images, worlds).items():
        where = f"{share:.3f} at {setting}, {repeats} repeats, {images} images"
        if enough > 0.95:
            assert 0.94 - error <= share <= 0.97 + error, where
        else:
            assert share >= 0.93 - error, where


def test_the_mean_squares_made_here_are_those_of_the_estimate():
    right = np.random.default_rng(0).random((1, 4, 30)) < 0.7
    _, low, high, _ = rate(right[0]).interval()
    assert list(_hits(right, low + 1e-9)) == list(_hits(right, high - 1e-9)) == [(True, False)]
    assert list(_hits(right, low - 1e-9)) == list(_hits(right, high + 1e-9)) == [(False, False)]


@pytest.mark.parametrize("images", [10, 100])
def test_it_covers_what_it_says(images):
    _check(5, images, 400)


@pytest.mark.thorough
@pytest.mark.parametrize("images", [10, 100, 1000, 10_000])
@pytest.mark.parametrize("repeats", [3, 5, 10])
def test_it_covers_what_it_says_whatever_the_repeats_and_images(repeats, images):
    _check(repeats, images, 2000)
