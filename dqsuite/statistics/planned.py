"""What a study of other repeats would measure on the same test images, were the truth what the repeats at hand show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics.blocks import VIEW, Blocks


class Planned:
    """One such study. It shows measured blocks as it would measure them.

    Its repeats are drawn with replacement from those at hand, and moved away from their mean by √(n / (n - 1)), since
    repeats drawn from n have but (n - 1) / n of the variance. Statistics of as many repeats share what is drawn, so
    that whatever is paired stays so.

    The mean squares are computed, for repeats that are copies of each other would seem to say more of the images than
    they do: of the images' effects nothing changes, and their interaction with the repeats falls as the repeats grow.
    So with ever more repeats just the images' part of a variance remains.

    Parameters
    ----------
    repeats : int
        At least 2.
    seed : int
    """

    def __init__(self, repeats: int, seed: int = 0) -> None:
        self.repeats = repeats
        self._rng = np.random.default_rng(seed)
        self._drawn: dict[int, NDArray[np.int64]] = {}

    def __call__(self, measured: Blocks) -> Blocks:
        """Return what the study measures instead; of one repeat nothing can be drawn, and it stays."""
        n = len(measured.values)
        if n < 2:
            return measured
        if n not in self._drawn:
            self._drawn[n] = self._rng.integers(n, size=self.repeats)
        mean = measured.values.mean(0)
        values = mean + sqrt(n / (n - 1)) * (measured.values - mean)[self._drawn[n]]
        share = n / self.repeats
        inner = share * measured.inner
        return Blocks(values, measured.between - measured.inner + inner, inner, share * measured.least, measured.sizes)


@contextmanager
def planned(repeats: int, seed: int = 0) -> Iterator[None]:
    """Let every estimate that is made inside be that of a study of so many repeats.

    >>> from dqsuite.statistics.estimate import rate
    >>> right = np.array([[1, 0, 1], [1, 1, 1]])
    >>> with planned(repeats=20):
    ...     rate(right).n
    20
    """
    before = VIEW.set(Planned(repeats, seed))
    try:
        yield
    finally:
        VIEW.reset(before)
