"""From numbers to a verdict: the kinds of criterion, each of them calibrated at its own boundary.

Every judgement is a `Judgement`, and parts put together are a part again, so that any criterion can be written as one
expression: ``all_of([below(noise, label="cat"), some_of([...])]).verdict()``.

A part *holds* where its ``p_holds`` is below .05, else it is *refuted* where its ``p_refuted`` is, else it is
inconclusive. For intervals these are two-sided p-values: ``below`` holds exactly where the 95% interval lies below.

Statements about ranks, sets and counts are recomputed in draws of the true values (`JointEstimate.draws`). True in
95% of them is necessary, but not enough: where a statement can come true in several ways, draws alone are too bold.
Simulated at their boundary, "at least seven of ten are above 0", with six above and four at 0, held in up to 65% of
the worlds, and "this one is the lowest" was refuted in half of those where ten are equal. So each statement also has
to pass a guard: the same statement put together from pairwise comparisons with `at_least`, which is valid whatever
the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics import ranks
from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.verdict import Status, Verdict

ALPHA = 0.05
DRAWS = 3999  # with these, a p-value is a whole number of 4,000ths
_ROUNDING = 1e-9  # equal ranks can give sums that differ in the last bits

Numbers = NDArray[np.float64]
Statement = Callable[[Numbers], NDArray[np.bool_]]
Statistic = Callable[[Numbers], Numbers]


@dataclass(frozen=True)
class Judgement:
    """One judgement: an effect with its 95% interval (nan where it has none) in a unit, and two p-values.

    ``p_holds`` is against the claim's being false, ``p_refuted`` against its being true. The claim bounds the effect
    by ``above`` and ``below``; None where it does not.
    """

    effect: float
    low: float
    high: float
    n: int
    p_holds: float
    p_refuted: float
    label: str = ""
    unit: str = ""
    above: float | None = None
    below: float | None = None

    def verdict(self, cases: int = 1) -> Verdict:
        """Return what is said of the part.

        Parameters
        ----------
        cases : int
            How many cases the finding has. One refuted case refutes the finding, so a case is refuted after Holm's
            first step over all of them; to hold, all have to, which needs no correction.
        """
        if self.p_holds < ALPHA:
            status = Status.HOLDS
        else:
            status = Status.REFUTED if self.p_refuted * cases < ALPHA else Status.INCONCLUSIVE
        effect, low, high = (None if isnan(number) else number for number in (self.effect, self.low, self.high))
        return Verdict(status, effect, low, high, self.n, self.unit, self.label, self.above, self.below)


def below(estimate: Estimate, threshold: float = 0.0, *, label: str = "", unit: str = "") -> Judgement:
    """Judge that a mean lies below a threshold: on its 95% interval."""
    part = _part(estimate, 2 * estimate.p_below(threshold), 2 * estimate.p_above(threshold), label, unit)
    return replace(part, below=threshold)


def above(estimate: Estimate, threshold: float = 0.0, *, label: str = "", unit: str = "") -> Judgement:
    """Judge that a mean lies above a threshold: on its 95% interval."""
    part = _part(estimate, 2 * estimate.p_above(threshold), 2 * estimate.p_below(threshold), label, unit)
    return replace(part, above=threshold)


def inside(estimate: Estimate, low: float, high: float, *, label: str = "", unit: str = "") -> Judgement:
    """Judge equivalence: holds where the 95% interval lies in the band, refuted where it lies wholly outside."""
    holds = max(estimate.p_above(low), estimate.p_below(high))
    refuted = min(estimate.p_below(low), estimate.p_above(high))
    return replace(_part(estimate, 2 * holds, 2 * refuted, label, unit), above=low, below=high)


def differs(estimate: Estimate, negligible: float, *, label: str = "", unit: str = "") -> Judgement:
    """Judge that a mean is not 0: refuted where the 95% interval lies within ± what is negligible."""
    holds = min(estimate.p_above(), estimate.p_below())
    refuted = max(estimate.p_above(-negligible), estimate.p_below(negligible))
    return _part(estimate, 2 * holds, 2 * refuted, label, unit)


def _part(estimate: Estimate, p_holds: float, p_refuted: float, label: str, unit: str) -> Judgement:
    mean, low, high, n = estimate.interval()
    return Judgement(mean, low, high, n, min(1.0, p_holds), min(1.0, p_refuted), label, unit)


def at_least(count: int, parts: Sequence[Judgement]) -> Judgement:
    """Judge that ``count`` of the parts are true.

    Of M ascending p-values, ``(M - count + 1) · p[count]`` is one for "at least count are true", valid however the
    parts depend on each other (the partial conjunction test of Benjamini and Heller, *Biometrics* 64, 2008); with
    count 1 it is Holm's first step. The negation is that M - count + 1 parts are false.

    Returns
    -------
    Judgement
        It shows the part that decides: the one whose p-value it is.

    Raises
    ------
    ValueError
        There are fewer parts than that, or the count is below 1.
    """
    if not 1 <= count <= len(parts):
        raise ValueError(f"{count} of {len(parts)} parts cannot be judged")
    spare = len(parts) - count + 1
    last_true = sorted(parts, key=lambda part: (part.p_holds, -part.p_refuted))[count - 1]
    last_false = sorted(parts, key=lambda part: (part.p_refuted, -part.p_holds))[spare - 1]
    p_holds, p_refuted = min(1.0, spare * last_true.p_holds), min(1.0, count * last_false.p_refuted)
    deciding = last_false if p_refuted < ALPHA <= p_holds else last_true
    return replace(deciding, p_holds=p_holds, p_refuted=p_refuted)


def all_of(parts: Sequence[Judgement]) -> Judgement:
    """Judge a conjunction: holds where every part does, refuted where a part is after Holm."""
    return at_least(len(parts), parts)


def some_of(parts: Sequence[Judgement]) -> Judgement:
    """Judge a disjunction: holds where a part does after Holm, refuted where every part is."""
    return at_least(1, parts)


def likely(
    statement: Statement, rates: JointEstimate, guard: Judgement, *, label: str = "", draws: int = DRAWS
) -> Judgement:
    """Judge a statement in draws of the true values: holds where true in 95%, refuted in 5%, if its guard agrees.

    Parameters
    ----------
    statement : (..., M) to bool (...)
    guard : Judgement
        The same statement put together from comparisons, see the module's head.

    Returns
    -------
    Judgement
        Its effect is the share of draws in which the statement is true.
    """
    if rates.n < 2:
        return Judgement(nan, nan, nan, rates.n, 1.0, 1.0, label, above=1 - ALPHA)
    true = statement(rates.draws(draws))
    p_holds, p_refuted = max(_p(~true), guard.p_holds), max(_p(true), guard.p_refuted)
    return Judgement(float(true.mean()), nan, nan, rates.n, p_holds, p_refuted, label, "of draws", above=1 - ALPHA)


def among_lowest(rates: JointEstimate, index: int, count: int, *, label: str = "", draws: int = DRAWS) -> Judgement:
    """Judge that a statistic is among the ``count`` lowest of M: it lies below at least M - count others."""
    others = [other for other in range(rates.count) if other != index]
    guard = at_least(rates.count - count, [below(rates.difference(index, other)) for other in others])
    return likely(lambda values: ranks.among_lowest(values, index, count), rates, guard, label=label, draws=draws)


def lowest_set(rates: JointEstimate, indexes: Sequence[int], *, label: str = "", draws: int = DRAWS) -> Judgement:
    """Judge that these statistics, in any order, lie below all the others."""
    others = [other for other in range(rates.count) if other not in indexes]
    guard = all_of([below(rates.difference(index, other)) for index in indexes for other in others])
    return likely(lambda values: ranks.lowest_set(values, indexes), rates, guard, label=label, draws=draws)


def ascending(rates: JointEstimate, indexes: Sequence[int], *, label: str = "", draws: int = DRAWS) -> Judgement:
    """Judge that these statistics rise in the order given."""
    guard = all_of([below(rates.difference(*pair)) for pair in pairwise(indexes)])
    return likely(lambda values: ranks.ascending(values, indexes), rates, guard, label=label, draws=draws)


def count_above(
    rates: JointEstimate, count: int, threshold: float = 0.0, *, label: str = "", draws: int = DRAWS
) -> Judgement:
    """Judge that at least ``count`` of the statistics lie above the threshold."""
    guard = at_least(count, [above(rates.estimate(index), threshold) for index in range(rates.count)])
    return likely(lambda values: (values > threshold).sum(-1) >= count, rates, guard, label=label, draws=draws)


def agreement(
    rates: JointEstimate, raters: int, statistic: Statistic, threshold: float, *, label: str = "", draws: int = DRAWS
) -> Judgement:
    """Judge that raters, such as models, agree on the ranks of items, such as classes: a statistic reaches a threshold.

    It holds where the statistic does so in 95% of the draws. Noise breaks ranks up, so draws agree less than the truth
    does: that errs to the safe side for "holds", yet would refute agreement on classes that merely lie too close to
    tell apart. So "refuted" has to pass a parametric bootstrap test besides: of measurements drawn around the nearest
    means that do agree, under 5% agree as little as was observed.

    Parameters
    ----------
    rates : JointEstimate
        M = items × raters statistics, the raters running fastest: a block for each class with one column a model.
    statistic : (..., raters, items) to (...)
        `ranks.kendall_w`, or `ranks.spearman` of two raters; 1 at full agreement.

    Returns
    -------
    Judgement
        Its effect is the observed statistic, its ends the middle 95% of the draws, which lie low for that reason.
    """
    mean = _arranged(rates.values.mean(0), raters)
    observed = float(statistic(mean))
    if rates.n < 2:
        return Judgement(observed, nan, nan, rates.n, 1.0, 1.0, label, above=threshold)
    found = statistic(_arranged(rates.draws(draws), raters))
    reached = found >= threshold - _ROUNDING
    p_refuted = _p(reached)
    if p_refuted < ALPHA:
        p_refuted = max(p_refuted, _p(_agreeing(rates, raters, statistic, threshold, draws) <= observed + _ROUNDING))
    low, high = (float(end) for end in np.quantile(found, [0.025, 0.975]))
    return Judgement(observed, low, high, rates.n, _p(~reached), p_refuted, label, above=threshold)


def _arranged(values: Numbers, raters: int) -> Numbers:
    return values.reshape(*values.shape[:-1], -1, raters).swapaxes(-1, -2)


def _agreeing(rates: JointEstimate, raters: int, statistic: Statistic, threshold: float, draws: int) -> Numbers:
    """Draw the statistic (draws,) where the raters agree, as far as the rates allow, and are measured as often.

    The repeats' noise is drawn apart for each of the M: what few repeats show of its covariance is mostly chance, and
    would pull the raters together or apart.
    """
    rng = np.random.default_rng(0)
    variance = rates.values.var(0, ddof=1) / rates.n
    mean, total = (_arranged(row, raters) for row in (rates.values.mean(0), variance + np.diag(rates.image_covariance)))
    noise = rates.image_noise(rng, draws) + np.sqrt(variance) * rng.standard_normal((draws, rates.count))
    return statistic(_nearest_agreement(mean, total, statistic, threshold) + _arranged(noise, raters))


def _nearest_agreement(mean: Numbers, noise: Numbers, statistic: Statistic, threshold: float) -> Numbers:
    """Return means (raters, items) near those measured for which the statistic reaches the threshold.

    Noise spreads what is measured wider than the truth, so each rater's items are first drawn together by what the
    noise, a variance (raters, items), explains; then the raters are moved to what they have in common.
    """
    levels = mean.mean(1, keepdims=True)
    spread = mean - levels
    explained = noise.mean(1, keepdims=True) / np.maximum(spread.var(1, ddof=1, keepdims=True), _ROUNDING**2)
    spread = spread * np.sqrt(np.clip(1 - explained, 0, None))
    path = spread + np.linspace(0, 1, 65)[:, None, None] * (spread.mean(0) - spread)
    reached = statistic(path) >= threshold - _ROUNDING
    reached[-1] = True  # opposite raters have nothing in common: equal items, then
    nearest: Numbers = levels + path[np.argmax(reached)]
    return nearest


def friedman(rates: JointEstimate, *, label: str = "", draws: int = DRAWS) -> Judgement:
    """Judge that treatments, the statistics, differ: Friedman's test with the repeats as blocks; never refuted.

    The statistic is Friedman's, as Kendall's W, n (M - 1) W = chi-square. Its distribution where no treatment differs
    is drawn instead of taken from chi-square: that is right for few repeats, and holds what the repeats share, the
    finite test set. The plain test takes a class whose test images happen to be harder for a real difference.
    Repeats are drawn with the residual variance of the two-way table.
    """
    values, (n, treatments) = rates.values, rates.values.shape
    if n < 2 or treatments < 2:
        return Judgement(nan, nan, nan, n, 1.0, 1.0, label)
    observed = float(ranks.kendall_w(values))
    residuals = values - values.mean(0) - values.mean(1, keepdims=True) + values.mean()
    spread = max(np.sqrt((residuals**2).sum() / ((n - 1) * (treatments - 1))), _ROUNDING)
    rng = np.random.default_rng(0)
    null = rates.image_noise(rng, draws)[:, None] + spread * rng.standard_normal((draws, n, treatments))
    return Judgement(
        observed, nan, nan, n, _p(ranks.kendall_w(null) >= observed - _ROUNDING), 1.0, label, "Kendall's W"
    )


def of_cases(verdicts: Sequence[Verdict]) -> Verdict:
    """Return what the cases say of their finding: refuted if any is, holds if all do, else inconclusive.

    Cases that are not applicable are left out; the finding is, where all are. Cases that are not measured keep it from
    holding, but not from being refuted; it is not measured where none was. The numbers are those of the first case
    with the deciding status. Judge the cases with ``Judgement.verdict(cases=...)``.
    """
    counts = {status: sum(verdict.status is status for verdict in verdicts) for status in Status}
    note = ", ".join(f"{count} of {len(verdicts)} {status}" for status, count in counts.items() if count)
    status = _of_counts(counts, len(verdicts))
    deciding = next((verdict for verdict in verdicts if verdict.status is status), Verdict(status))
    return replace(deciding, note=note)


def _of_counts(counts: dict[Status, int], total: int) -> Status:
    applicable = total - counts[Status.NOT_APPLICABLE]
    if not applicable:
        return Status.NOT_APPLICABLE
    if counts[Status.REFUTED]:
        return Status.REFUTED
    for unanimous in (Status.HOLDS, Status.NOT_MEASURED):
        if counts[unanimous] == applicable:
            return unanimous
    return Status.INCONCLUSIVE


def _p(events: NDArray[np.bool_]) -> float:
    """Return the Monte Carlo p-value of draws in which an event that speaks against the claim happened."""
    return float((1 + events.sum()) / (1 + events.size))
