"""Many statistics of the same repeats, such as the recall of each class, to be compared with each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics.blocks import Blocks, Numbers
from dqsuite.statistics.estimate import Estimate, estimates_of


@dataclass(frozen=True, eq=False)
class JointEstimate:
    """M statistics measured on n shared repeats.

    Attributes
    ----------
    blocks : Blocks
        Their mean squares.
    names : sequence of M str
    spans : (M, 2)
        What each can be at all, see `Estimate`.
    """

    blocks: Blocks
    names: Sequence[str]
    spans: Numbers

    @classmethod
    def of(
        cls, blocks: Iterable[NDArray[Any]], names: Sequence[str] = (), *, low: float = -inf, high: float = inf
    ) -> JointEstimate:
        """Gather statistics from blocks of images.

        Parameters
        ----------
        blocks : each (n, N, m), or (n, N) for one statistic
            Scores by repeat and test image of the m statistics that share the block's N images, such as the images of
            one class under m conditions, or the m columns of one row of the confusion matrices. The blocks share the
            repeats and have no image in common. M is the sum of the m.
        names : M str
            What each is, for a person; by default its number.
        low, high : float
            What each can be at all.
        """
        found = Blocks.of([np.atleast_3d(np.asarray(block, float)) for block in blocks])
        count = found.values.shape[1]
        return cls(found, names or [str(index) for index in range(count)], np.tile([low, high], (count, 1)))

    @property
    def n(self) -> int:
        """The number of repeats."""
        return len(self.blocks.values)

    @property
    def count(self) -> int:
        """M, the number of statistics."""
        return int(self.blocks.values.shape[1])

    @property
    def means(self) -> Numbers:
        """The means over repeats (M,)."""
        return np.asarray(self.blocks.values.mean(0))

    def combine(self, weights: NDArray[Any], names: Sequence[str] = ()) -> JointEstimate:
        """Return k linear combinations of the statistics, with weights (M, k), such as means or differences."""
        weights = np.asarray(weights, float)
        names = names or [str(index) for index in range(weights.shape[1])]
        return JointEstimate(self.blocks.combine(weights), names, _spans(self.spans, weights))

    def estimates(self) -> list[Estimate]:
        """Return all of the statistics."""
        return estimates_of(self.blocks.alone(range(self.count)), self.spans)

    def estimate(self, index: int) -> Estimate:
        """Return one of the statistics."""
        (found,) = estimates_of(self.blocks.alone([index]), self.spans[[index]])
        return found

    def difference(self, one: int, other: int) -> Estimate:
        """Return one statistic minus another: paired by repeat, and by image where they share images."""
        (found,) = self.differences([(one, other)])
        return found

    def differences(self, pairs: Sequence[tuple[int, int]]) -> list[Estimate]:
        """Return the `difference` of each pair."""
        one, other = np.array(pairs).T
        return estimates_of(self.blocks.differences(pairs), self.spans[one] - self.spans[other][:, ::-1])

    def draws(self, size: int, seed: int = 0) -> Numbers:
        """Draw what the true values of the statistics may be: (size, M), for the interval of any function of them.

        Each repeat's deviation from the mean gets its own normal factor (a multiplier bootstrap, which keeps the
        variance and covariance that resampled repeats would understate), divided by the root of a chi-square over its
        n - 1 degrees of freedom; the images' part is normal.

        Raises
        ------
        ValueError
            There are fewer than two repeats.
        """
        n, values = self.n, self.blocks.values
        if n < 2:
            raise ValueError("draws need at least two repeats")
        rng = np.random.default_rng(seed)
        scale = np.sqrt((n - 1) / rng.chisquare(n - 1, (size, 1)))
        repeats = scale * rng.standard_normal((size, n)) @ (values - self.means) / sqrt(n * (n - 1))
        variances, axes = np.linalg.eigh((self.blocks.between - self.blocks.inner).sum(0))
        images = rng.standard_normal((size, self.count)) @ (axes * np.sqrt(variances.clip(0))).T
        return np.asarray((self.means + repeats + images).clip(*self.spans.T))


def _spans(spans: Numbers, weights: Numbers) -> Numbers:
    """Return what k combinations, with weights (M, k), of statistics in spans (M, 2) can be: (k, 2)."""
    with np.errstate(invalid="ignore"):  # no weight times no bound
        ends = weights[:, :, None] * spans[:, None]
    ends = np.where(weights[:, :, None] < 0, ends[..., ::-1], ends)
    return np.asarray(np.where(weights[:, :, None] == 0, 0, ends).sum(0))
