"""Criteria on many statistics: the lowest, those among the lowest, their order, how many, whether any differ.

Each but the last is put together from comparisons of two, paired as the statistics are, with `at_least`; none asks for
more than the statement says. "Among the k lowest of ten" is "below at least 10 - k of nine": ``k · p₍₁₀₋ₖ₎`` over its
nine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from dqsuite.statistics.criteria import above, below, differs, lies_below
from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import ALPHA, Judgement, all_of, at_least, some_of
from dqsuite.statistics.omnibus import p_equal


def lowest(rates: JointEstimate, name: str) -> Judgement:
    """Judge that a statistic is the lowest: on its 95% interval against each of the others."""
    return all_of([below(difference, label=label) for difference, label in _to_others(rates, name)])


def highest(rates: JointEstimate, name: str) -> Judgement:
    """Judge that a statistic is the highest: on its 95% interval against each of the others."""
    return all_of([above(difference, label=label) for difference, label in _to_others(rates, name)])


def among_lowest(rates: JointEstimate, name: str, count: int) -> Judgement:
    """Judge that a statistic is among the ``count`` lowest of M: it lies below at least M - count others."""
    parts = [lies_below(difference, label=label) for difference, label in _to_others(rates, name)]
    return at_least(rates.count - count, parts)


def lowest_set(rates: JointEstimate, names: Sequence[str]) -> Judgement:
    """Judge that these statistics, in any order, lie below all the others."""
    others = [name for name in rates.names if name not in names]
    return all_of([_lies_below(rates, name, other) for name in names for other in others])


def lowest_in_order(rates: JointEstimate, names: Sequence[str]) -> Judgement:
    """Judge that these statistics are the lowest of all, the lowest of them first."""
    others = [(names[-1], name) for name in rates.names if name not in names]
    return all_of([_lies_below(rates, *pair) for pair in [*pairwise(names), *others]])


def ascending(rates: JointEstimate, names: Sequence[str]) -> Judgement:
    """Judge that these statistics rise in the order given."""
    return all_of([_lies_below(rates, *pair) for pair in pairwise(names)])


def count_above(rates: JointEstimate, count: int) -> Judgement:
    """Judge that at least ``count`` of the statistics lie above 0, each one-sided, at the whole error."""
    estimates = [rates.estimate(index) for index in range(rates.count)]
    return at_least(
        count,
        [
            Judgement.on(each, each.p_above(), each.p_below(), label=name, error=2 * ALPHA, above=0.0)
            for name, each in zip(rates.names, estimates, strict=True)
        ],
    )


def differ(rates: JointEstimate) -> Judgement:
    """Judge that the statistics are not all equal, by one test of them all; never refuted.

    Its effect is the surest difference of two, whose interval has room for all pairs: it can reach 0 where the test of
    all holds.
    """
    pairs = list(combinations(range(rates.count), 2))
    labels = [f"{rates.names[one]} - {rates.names[other]}" for one, other in pairs]
    shown = some_of(
        [differs(found, label=label) for found, label in zip(rates.differences(pairs), labels, strict=True)]
    )
    return replace(shown, p_holds=p_equal(rates.blocks)) if rates.n > 1 else shown


def _to_others(rates: JointEstimate, name: str) -> list[tuple[Estimate, str]]:
    """Return a statistic's difference to each of the others, and what it is."""
    index = list(rates.names).index(name)
    others = [other for other in range(rates.count) if other != index]
    found = rates.differences([(index, other) for other in others])
    return [(each, f"{name} - {rates.names[other]}") for each, other in zip(found, others, strict=True)]


def _lies_below(rates: JointEstimate, one: str, other: str) -> Judgement:
    return lies_below(_difference(rates, one, other), label=f"{one} - {other}")


def _difference(rates: JointEstimate, one: str, other: str) -> Estimate:
    names = list(rates.names)
    return rates.difference(names.index(one), names.index(other))
