"""Many statistics of the same repeats, and draws of what their true values may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics.estimate import Estimate


@dataclass(frozen=True, eq=False)
class JointEstimate:
    """M statistics, such as the TPR of each class, measured on n shared repeats.

    ``values``, (n, M), holds a row per repeat. ``image_covariance``, (M, M), is that of the statistics' means under
    another choice of test images.
    """

    values: NDArray[np.float64]
    image_covariance: NDArray[np.float64]

    @classmethod
    def of(cls, blocks: Iterable[NDArray[Any]]) -> JointEstimate:
        """Gather statistics from blocks of images.

        Parameters
        ----------
        blocks : each (n, N, m), or (n, N) for one statistic
            Scores by repeat and test image of the m statistics that share the block's N images, such as the images of
            one class under m conditions, or the m columns of one row of the confusion matrices. The blocks share the
            repeats and have no image in common. M is the sum of the m.
        """
        scores = [np.atleast_3d(np.asarray(block, float)) for block in blocks]
        values = np.concatenate([block.mean(1) for block in scores], axis=1)
        covariance = np.zeros((values.shape[1], values.shape[1]))
        start = 0
        for block in scores:
            end = start + block.shape[2]
            covariance[start:end, start:end] = _covariance_of_mean(block)
            start = end
        return cls(values, covariance)

    @property
    def n(self) -> int:
        """The number of repeats."""
        return len(self.values)

    @property
    def count(self) -> int:
        """M, the number of statistics."""
        return int(self.values.shape[1])

    def combine(self, weights: NDArray[Any]) -> JointEstimate:
        """Return k linear combinations of the statistics, with weights (M, k), such as means or differences."""
        weights = np.asarray(weights, float)
        return JointEstimate(self.values @ weights, weights.T @ self.image_covariance @ weights)

    def estimate(self, index: int) -> Estimate:
        """Return one statistic's mean with its standard error, as `dqsuite.statistics.estimate.estimate` finds it."""
        return self._estimate(self.values[:, index], self.image_covariance[index, index])

    def difference(self, one: int, other: int) -> Estimate:
        """Return one statistic minus another."""
        covariance = self.image_covariance
        images = covariance[one, one] + covariance[other, other] - 2 * covariance[one, other]
        return self._estimate(self.values[:, one] - self.values[:, other], max(0.0, images))

    def _estimate(self, values: NDArray[np.float64], images: float) -> Estimate:
        repeats = values.var(ddof=1) / self.n if self.n > 1 else nan
        return Estimate(float(values.mean()), sqrt(repeats + images) if self.n > 1 else nan, self.n)

    def draws(self, size: int, seed: int = 0) -> NDArray[np.float64]:
        """Draw true values of the statistics: (size, M).

        The multivariate counterpart of the t interval: a share P of the draws of any linear combination lies below its
        one-sided interval of confidence P. Each repeat's deviation from the mean gets its own normal factor (a
        multiplier bootstrap, which keeps the variance and covariance that resampled repeats would understate), the
        image part is normal with `image_covariance`, and both are divided by the root of a chi-square over its n - 1
        degrees of freedom.

        Raises
        ------
        ValueError
            There are fewer than two repeats.
        """
        n = self.n
        if n < 2:
            raise ValueError("draws need at least two repeats")
        rng = np.random.default_rng(seed)
        mean = self.values.mean(0)
        repeats = rng.standard_normal((size, n)) @ (self.values - mean) / sqrt(n * (n - 1))
        scale = np.sqrt((n - 1) / rng.chisquare(n - 1, (size, 1)))
        return np.asarray(mean + scale * (repeats + self.image_noise(rng, size)))

    def image_noise(self, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Draw what another choice of test images would add to the statistics: (size, M)."""
        variances, axes = np.linalg.eigh(self.image_covariance)
        return np.asarray(rng.standard_normal((size, self.count)) @ (axes * np.sqrt(variances.clip(0))).T)


def _covariance_of_mean(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the covariance (m, m) of the means of scores (n, N, m) over the images; 0 for one image."""
    averaged = scores.mean(0)
    images = len(averaged)
    deviations = averaged - averaged.mean(0)
    return np.asarray(deviations.T @ deviations / (max(images - 1, 1) * images))
