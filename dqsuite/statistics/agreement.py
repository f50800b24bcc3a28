"""Whether raters, such as models, rank the same items, such as classes, alike: Kendall's W with its interval.

W of what was measured says little: where all items are alike, raters that share test images agree on nothing but
chance. So the interval is that of the true ranks. Of each rater, two items are in a known order where their difference
is not 0, after Holm over all pairs of all raters; the orders that are left possible contain the true ones of all raters
at once in 95% of studies, whatever the spread of an item, and the true W lies between the least and the greatest W of
such orders (the confidence sets for ranks of Mogstad, Romano, Shaikh and Wilhelm, *Review of Economic Studies* 91,
2024). Where nothing is in a known order, this says nothing, as it should.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import chain, combinations
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics import ranks
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import ALPHA, Judgement, unknown

Orders = NDArray[np.bool_]  # (raters, items, items): whether the first item is known to lie below the second
_ERRORS = (ALPHA / 5, ALPHA / 25)  # tried besides: a p-value is the least that decides
_SWEEPS = 20  # more than it takes to come to rest
_STARTS = 8


def agreement(raters: Sequence[JointEstimate], threshold: float, *, label: str = "") -> Judgement:
    """Judge that Kendall's W of the raters' true orders of their statistics reaches a threshold.

    Its effect is W of the orders measured. Of two raters, W is (1 + Spearman's correlation) / 2.
    """
    n = min(rates.n for rates in raters)
    if n < 2:
        return unknown(n, label)
    means = np.stack([rates.means for rates in raters])
    comparisons = _comparisons(raters)
    low, high = w_interval(means, known_orders(raters, comparisons, ALPHA))
    decided = low >= threshold or high < threshold
    p_value = _least_error(means, raters, comparisons, threshold) if decided else 1.0
    holds, refuted = (p_value, 1.0) if low >= threshold else (1.0, p_value)
    w = float(ranks.kendall_w(means))
    return Judgement(w, low, high, n, holds, refuted, label, "Kendall's W", above=threshold)


def _least_error(
    means: NDArray[np.float64], raters: Sequence[JointEstimate], comparisons: Sequence[_Comparison], threshold: float
) -> float:
    """Return the least of the errors tried at which W is still known to lie on one side of the threshold."""
    for smaller, error in zip(_ERRORS, (ALPHA, *_ERRORS), strict=False):
        low, high = w_interval(means, known_orders(raters, comparisons, smaller))
        if low < threshold <= high:
            return error
    return _ERRORS[-1]


class _Comparison(NamedTuple):
    """The p-value of a difference of two items of a rater, and the items, the lower one measured first."""

    p: float
    rater: int
    below: int
    over: int


def _comparisons(raters: Sequence[JointEstimate]) -> list[_Comparison]:
    """Return all of them, the least p-value first."""
    found = []
    for rater, rates in enumerate(raters):
        pairs = list(combinations(range(rates.count), 2))
        for (one, other), difference in zip(pairs, rates.differences(pairs), strict=True):
            pair = (one, other) if difference.mean < 0 else (other, one)
            found.append(_Comparison(2 * min(difference.p_above(), difference.p_below()), rater, *pair))
    return sorted(found)


def known_orders(raters: Sequence[JointEstimate], comparisons: Sequence[_Comparison], error: float) -> Orders:
    """Return which items of each rater are known to lie below which others, all at once but for the error."""
    known = np.zeros((len(raters), raters[0].count, raters[0].count), bool)
    for place, (p, rater, below, over) in enumerate(comparisons):
        if p * (len(comparisons) - place) > error:  # Holm: the first that is not rejected ends it
            break
        known[rater, below, over] = True
    return known


def w_interval(means: NDArray[np.float64], known: Orders) -> tuple[float, float]:
    """Return the least and the greatest W of the orders of the raters (raters, items) that the known ones allow.

    To find them exactly is hard. Each rater in turn takes the order that pulls W furthest, given the others', until all
    are at rest; this is begun from the measured orders, and from several at random.
    """
    rng = np.random.default_rng(0)
    following = [[np.flatnonzero(row).tolist() for row in rater] for rater in known]
    begun = [ranks.mean_ranks(means), *(_allowed(rng.random(means.shape), following) for _ in range(_STARTS))]
    observed = float(ranks.kendall_w(means))
    least, greatest = ([_pulled(orders, following, sign) for orders in begun] for sign in (-1, 1))
    return min(observed, *least), max(observed, *greatest)


Following = Sequence[Sequence[int]]
"""Of each item, those that are known to lie above it."""


def _allowed(wishes: NDArray[np.float64], known: Sequence[Following]) -> NDArray[np.float64]:
    return np.array([_sorted(wish, following) for wish, following in zip(wishes, known, strict=True)], float)


def _pulled(orders: NDArray[np.float64], known: Sequence[Following], sign: int) -> float:
    """Return W where no rater alone can pull it any further."""
    raters, items = orders.shape
    sums, found = orders.sum(0), -inf
    for _ in range(_SWEEPS):
        for rater, following in enumerate(known):
            sums -= orders[rater]
            orders[rater] = _sorted(sign * sums, following)
            sums += orders[rater]
        before, found = found, float(sign * ((sums - sums.mean()) ** 2).sum())
        if found <= before:
            break
    return float(12 * sign * found / (raters**2 * (items**3 - items)))


def _sorted(wish: NDArray[np.float64], following: Following) -> list[int]:
    """Return ranks (items,), 1 for the lowest wish first, of items that may only come after all that precede them."""
    wishes, found = wish.tolist(), [0] * len(wish)
    waiting = Counter(chain.from_iterable(following))
    free = [(wishes[item], item) for item in range(len(wish)) if not waiting[item]]
    heapify(free)
    for rank in range(1, len(wish) + 1):
        _, chosen = heappop(free)
        found[chosen] = rank
        for item in following[chosen]:
            waiting[item] -= 1
            if not waiting[item]:
                heappush(free, (wishes[item], item))
    return found
