"""The mean squares of repeats × images: all that the statistics of a study need of its predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
T = TypeVar("T")
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Blocks:
    """M statistics, such as the recall of each class, of n repeats on K blocks of images that have none in common.

    Attributes
    ----------
    values : (n, M)
        The statistics by repeat.
    between, inner, least : (K, M, M)
        Of each block, what it adds to the covariance of the statistics: the mean square of the images, that of their
        interaction with the repeats, each over n N, and the covariance of a single score over n N. The last is what
        the first two and the repeats' share cannot be less than, since a score's variance is the sum of theirs.
    sizes : int (K,)
        Images of each block.
    """

    values: Numbers
    between: Numbers
    inner: Numbers
    least: Numbers
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, scores: Iterable[NDArray[Any]]) -> Blocks:
        """Gather statistics from scores by repeat and image, each (n, N, m) of the m statistics of a block.

        Raises
        ------
        ValueError
            There is no repeat or no image, or the numbers of repeats differ.
        """
        blocks = [np.asarray(block, float) for block in scores]
        if not blocks or not all(block.size for block in blocks) or len({len(block) for block in blocks}) > 1:
            raise ValueError("an estimate needs at least one repeat and one image")
        sums = [block.sum(1) for block in blocks]
        values = np.concatenate([each / block.shape[1] for each, block in zip(sums, blocks, strict=True)], axis=1)
        parts = np.zeros((3, len(blocks), values.shape[1], values.shape[1]))
        start = 0
        for index, block in enumerate(blocks if len(values) > 1 else []):  # one repeat has no variance to tell of
            end = start + block.shape[2]
            for part, found in zip(parts, _mean_squares(block, sums[index]), strict=True):
                part[index, start:end, start:end] = found
            start = end
        between, inner, least = parts
        measured = cls(values, between, inner, least, np.array([block.shape[1] for block in blocks]))
        view = VIEW.get()
        return view(measured) if view else measured

    def combine(self, weights: Numbers) -> Blocks:
        """Return k linear combinations of the statistics, with weights (M, k)."""
        between, inner, least = (weights.T @ part @ weights for part in (self.between, self.inner, self.least))
        return Blocks(self.values @ weights, between, inner, least, self.sizes)

    def alone(self, indexes: Sequence[int]) -> Alone:
        """Return some of the statistics, each for itself."""
        between, inner, least = (part[:, indexes, indexes] for part in (self.between, self.inner, self.least))
        return Alone(self.values[:, indexes], between, inner, least, self.sizes)

    def differences(self, pairs: Sequence[tuple[int, int]]) -> Alone:
        """Return the first statistic of each pair minus the second."""
        one, other = np.array(pairs).T
        between, inner, least = (
            part[:, one, one] + part[:, other, other] - part[:, one, other] - part[:, other, one]
            for part in (self.between, self.inner, self.least)
        )
        return Alone(self.values[:, one] - self.values[:, other], between, inner, least, self.sizes)


class Alone(NamedTuple):
    """P statistics without what they have in common: values (n, P), the three parts (K, P), sizes (K,)."""

    values: Numbers
    between: Numbers
    inner: Numbers
    least: Numbers
    sizes: NDArray[np.int64]


VIEW: ContextVar[Callable[[Blocks], Blocks] | None] = ContextVar("view", default=None)
"""As what measured blocks are shown, see `dqsuite.statistics.planned`; as themselves, where it is None."""


def remembered(compute: Callable[P, T]) -> Callable[P, T]:
    """Remember what a function makes of measurements, in each view of them: a decorator.

    Many cases are judged on the same ones. Its arguments are compared as a dictionary compares its keys.
    """

    @lru_cache(maxsize=1024)
    def kept(view: object, *args: P.args, **kwargs: P.kwargs) -> T:
        return compute(*args, **kwargs)

    @wraps(compute)
    def found(*args: P.args, **kwargs: P.kwargs) -> T:
        return kept(VIEW.get(), *args, **kwargs)  # type: ignore[arg-type] # what cannot be hashed it refuses

    return found


def _mean_squares(scores: Numbers, sums: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return the mean squares and products of scores (n, N, m) that `Blocks` names, (m, m) each.

    From sums, those by repeat (n, m) given, in few passes over the scores, which are many; less the first of them, for
    what is equal differs by 0.
    """
    n, images, _ = scores.shape
    total, first = n * images, scores[0, 0]
    scores = scores - first
    by_image, by_repeat = scores.sum(0), sums - images * first
    mean = _products(by_image.sum(0, keepdims=True)) / total
    whole = _products(scores.reshape(total, -1)) - mean
    of_images, of_repeats = _products(by_image) / n - mean, _products(by_repeat) / images - mean
    inner = (whole - of_images - of_repeats) / max((n - 1) * (images - 1), 1)
    return of_images / (max(images - 1, 1) * total), inner / total, whole / (max(total - 1, 1) * total)


def _products(rows: Numbers) -> Numbers:
    if rows.shape[1] == 1:  # no work for a matrix product, which wakes threads: on busy cores it takes ten times
        return np.asarray(np.einsum("ij,ij->j", rows, rows)[:, None])
    return np.asarray(rows.T @ rows)
