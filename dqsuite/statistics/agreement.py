"""Whether raters, such as models, rank the same items, such as classes, alike: Kendall's W with its interval.

W of what was measured says little: where all items are alike, raters that share test images agree on nothing but
chance. So the interval is that of the true ranks. Of each rater, two items are in a known order where their difference
is not 0, after Holm over all pairs of all raters; the orders that are left possible contain the true ones of all raters
at once in 95% of studies, whatever the spread of an item, and the true W lies between the least and the greatest W of
such orders (the confidence sets for ranks of Mogstad, Romano, Shaikh and Wilhelm, *Review of Economic Studies* 91,
2024). Where nothing is in a known order, this says nothing, as it should.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics import ranks
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import ALPHA, Judgement, unknown

Orders = NDArray[np.bool_]  # (raters, items, items): whether the first item is known to lie below the second
_ERRORS = (ALPHA, ALPHA / 5, ALPHA / 25)  # at which the interval is found: a p-value is the least that decides
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
    intervals = {error: w_interval(means, known_orders(raters, error)) for error in _ERRORS}
    p_holds = min((error for error, (low, _) in intervals.items() if low >= threshold), default=1.0)
    p_refuted = min((error for error, (_, high) in intervals.items() if high < threshold), default=1.0)
    low, high = intervals[ALPHA]
    w = float(ranks.kendall_w(means))
    return Judgement(w, low, high, n, p_holds, p_refuted, label, "Kendall's W", above=threshold)


def known_orders(raters: Sequence[JointEstimate], error: float = ALPHA) -> Orders:
    """Return which items of each rater are known to lie below which others, all at once but for the error."""
    pairs = [(rater, *pair) for rater, rates in enumerate(raters) for pair in combinations(range(rates.count), 2)]
    differences = [raters[rater].difference(one, other) for rater, one, other in pairs]
    p_values = np.array([2 * min(each.p_above(), each.p_below()) for each in differences])
    known = np.zeros((len(raters), raters[0].count, raters[0].count), bool)
    for place, index in enumerate(np.argsort(p_values)):
        if p_values[index] * (len(pairs) - place) >= error:  # Holm: the first that is not rejected ends it
            break
        rater, one, other = pairs[index]
        below, over = (one, other) if differences[index].mean < 0 else (other, one)
        known[rater, below, over] = True
    return known


def w_interval(means: NDArray[np.float64], known: Orders) -> tuple[float, float]:
    """Return the least and the greatest W of the orders of the raters (raters, items) that the known ones allow.

    To find them exactly is hard. Each rater in turn takes the order that pulls W furthest, given the others', until all
    are at rest; this is begun from the measured orders, and from several at random.
    """
    rng = np.random.default_rng(0)
    begun = [ranks.mean_ranks(means), *(_allowed(rng.random(means.shape), known) for _ in range(_STARTS))]
    observed = float(ranks.kendall_w(means))
    least, greatest = ([_pulled(orders, known, sign) for orders in begun] for sign in (-1, 1))
    return min(observed, *least), max(observed, *greatest)


def _allowed(wishes: NDArray[np.float64], known: Orders) -> NDArray[np.float64]:
    return np.stack([_sorted(wish, preceding) for wish, preceding in zip(wishes, known, strict=True)])


def _pulled(orders: NDArray[np.float64], known: Orders, sign: int) -> float:
    """Return W where no rater alone can pull it any further."""
    found = float(ranks.kendall_w(orders))
    for _ in range(_SWEEPS):
        for rater, preceding in enumerate(known):
            orders[rater] = _sorted(sign * (orders.sum(0) - orders[rater]), preceding)
        before, found = found, float(ranks.kendall_w(orders))
        if sign * (found - before) <= 0:
            break
    return found


def _sorted(wish: NDArray[np.float64], preceding: Orders) -> NDArray[np.float64]:
    """Return ranks (items,), 1 for the lowest wish first, of items that may only come after all that precede them."""
    found, waiting = np.zeros(len(wish)), preceding.sum(0)
    free = np.where(waiting == 0, wish, np.inf)
    for rank in range(1, len(wish) + 1):
        chosen = int(np.argmin(free))
        found[chosen] = rank
        waiting = waiting - preceding[chosen]
        free = np.where((waiting == 0) & (found == 0), wish, np.inf)
    return found
