from __future__ import annotations

import math

import numpy as np
import pytest

from dqsuite.statistics import ranks
from dqsuite.statistics.criteria import (
    Judgement,
    above,
    agreement,
    all_of,
    among_lowest,
    ascending,
    at_least,
    below,
    count_above,
    differs,
    friedman,
    inside,
    lowest_set,
    of_cases,
    some_of,
)
from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.verdict import Status, Verdict

HOLDS, REFUTED, INCONCLUSIVE = Status.HOLDS, Status.REFUTED, Status.INCONCLUSIVE


def mean(value: float, se: float = 0.36) -> Estimate:
    """Return an estimate whose 95% interval reaches about ± 1: t(4) · .36 = .9995."""
    return Estimate(value, se, 5)


@pytest.mark.parametrize(
    ("part", "status"),
    [
        (below(mean(-1.01)), HOLDS),
        (below(mean(-0.99)), INCONCLUSIVE),
        (below(mean(1.01)), REFUTED),
        (below(mean(1.01), 2.1), HOLDS),
        (above(mean(1.01)), HOLDS),
        (above(mean(-1.01)), REFUTED),
        (above(mean(0)), INCONCLUSIVE),
        (inside(mean(0), -1.01, 1.01), HOLDS),
        (inside(mean(0), -0.99, 1.01), INCONCLUSIVE),
        (inside(mean(0), 1.01, 2), REFUTED),
        (inside(mean(0), -2, -1.01), REFUTED),
        (inside(mean(0), -0.1, 0.1), INCONCLUSIVE),
        (differs(mean(-1.01), 1.5), HOLDS),
        (differs(mean(0), 1.01), REFUTED),
        (differs(mean(0.5), 1.01), INCONCLUSIVE),
        (differs(mean(1.01), 5), HOLDS),
    ],
)
def test_a_mean_is_judged_by_its_interval(part, status):
    assert part.verdict().status is status


def test_a_verdict_shows_the_interval():
    found = below(mean(-2), label="cat below dog", unit="points").verdict()
    assert (found.effect, found.n, found.unit, found.note) == (-2, 5, "points", "cat below dog")
    assert (found.low, found.high) == pytest.approx((-3, -1), abs=0.001)


@pytest.mark.parametrize(
    ("part", "bounds"),
    [
        (below(mean(1), 2), (None, 2)),
        (above(mean(1), 2), (2, None)),
        (inside(mean(1), -2, 3), (-2, 3)),
        (differs(mean(1), 2), (None, None)),
        (all_of([below(mean(1), 5), below(mean(9), 2)]), (None, 2)),
    ],
)
def test_a_verdict_shows_what_the_finding_claims(part, bounds):
    found = part.verdict()
    assert (found.above, found.below) == bounds


def test_one_repeat_is_inconclusive_and_has_no_interval():
    found = below(Estimate(-9, math.nan, 1)).verdict()
    assert found == Verdict(INCONCLUSIVE, -9, None, None, 1, below=0)


def part(p_holds: float, p_refuted: float, label: str = "") -> Judgement:
    return Judgement(0.0, -1.0, 1.0, 5, p_holds, p_refuted, label)


TRUE, FALSE, OPEN = part(0.001, 1, "true"), part(1, 0.001, "false"), part(0.5, 0.5, "open")
WEAKLY_TRUE, WEAKLY_FALSE = part(0.03, 1, "weakly true"), part(1, 0.03, "weakly false")


@pytest.mark.parametrize(
    ("judged", "status", "deciding"),
    [
        (all_of([TRUE, WEAKLY_TRUE]), HOLDS, "weakly true"),
        (all_of([TRUE, OPEN]), INCONCLUSIVE, "open"),
        (all_of([TRUE, WEAKLY_FALSE]), INCONCLUSIVE, "weakly false"),
        (all_of([TRUE, WEAKLY_FALSE, FALSE]), REFUTED, "false"),
        (some_of([OPEN, TRUE]), HOLDS, "true"),
        (some_of([OPEN, WEAKLY_TRUE]), INCONCLUSIVE, "weakly true"),
        (some_of([FALSE, WEAKLY_FALSE]), REFUTED, "weakly false"),
        (some_of([FALSE, OPEN]), INCONCLUSIVE, "open"),
        (at_least(2, [TRUE, TRUE, OPEN]), HOLDS, "true"),
        (at_least(2, [TRUE, WEAKLY_TRUE, OPEN]), INCONCLUSIVE, "weakly true"),
        (at_least(2, [TRUE, FALSE, FALSE]), REFUTED, "false"),
        (all_of([TRUE, some_of([OPEN, TRUE])]), HOLDS, "true"),
    ],
)
def test_parts_are_put_together_after_holm_and_show_the_deciding_one(judged, status, deciding):
    assert (judged.verdict().status, judged.verdict().note) == (status, deciding)


def test_among_certain_parts_the_one_nearest_to_failing_decides():
    assert all_of([below(mean(5), label="far"), below(mean(0.2), label="near")]).label == "far"
    assert all_of([below(mean(-5), label="far"), below(mean(-2), label="near")]).label == "near"


@pytest.mark.parametrize("count", [0, 3])
def test_no_more_parts_can_be_asked_for_than_there_are(count):
    with pytest.raises(ValueError, match="2 parts"):
        at_least(count, [TRUE, OPEN])


@pytest.mark.parametrize(("cases", "status"), [(1, REFUTED), (2, INCONCLUSIVE)])
def test_a_case_is_refuted_after_holm_over_the_cases_of_its_finding(cases, status):
    assert WEAKLY_FALSE.verdict(cases).status is status


def rates(*means: float, spread: float = 0.01, repeats: int = 5) -> JointEstimate:
    """Return statistics with repeats that alternate about their means, each at its own rhythm."""
    rows = np.arange(repeats)[:, None] + np.arange(len(means))
    noise = np.where(rows % 3 == 0, 1, -0.5) * spread
    return JointEstimate(np.array(means) + noise - noise.mean(0), np.eye(len(means)) * 1e-6)


@pytest.mark.parametrize(
    ("judged", "status"),
    [
        (among_lowest(rates(0.1, 0.5, 0.6, 0.7), 0, 1), HOLDS),
        (among_lowest(rates(0.6, 0.1, 0.6, 0.9), 0, 1), REFUTED),
        (among_lowest(rates(0.5, 0.1, 0.5, 0.9), 0, 2), INCONCLUSIVE),
        (lowest_set(rates(0.2, 0.6, 0.1, 0.7), (0, 2)), HOLDS),
        (lowest_set(rates(0.2, 0.6, 0.1, 0.7), (0, 1)), REFUTED),
        (ascending(rates(0.2, 0.6, 0.1), (2, 0, 1)), HOLDS),
        (ascending(rates(0.2, 0.6, 0.1), (0, 1, 2)), REFUTED),
        (count_above(rates(0.2, -0.6, 0.1), 2), HOLDS),
        (count_above(rates(0.2, -0.6, 0.1), 3), REFUTED),
        (count_above(rates(0.2, -0.6, 0.1), 1, 0.3), REFUTED),
        (count_above(rates(0.2, 0.001, -0.1), 2), INCONCLUSIVE),
        (friedman(rates(0.1, 0.3, 0.5, 0.7)), HOLDS),
        (friedman(rates(0.5, 0.5, 0.5, 0.5)), INCONCLUSIVE),
        (agreement(rates(0.1, 0.2, 0.3, 0.4, 0.5, 0.6), 2, ranks.spearman, 0.6), HOLDS),
        (agreement(rates(0.1, 0.9, 0.3, 0.7, 0.5, 0.5, 0.7, 0.3, 0.9, 0.1), 2, ranks.spearman, 0.6), REFUTED),
        (agreement(rates(0.51, 0.52, 0.52, 0.51, 0.53, 0.55, 0.54, 0.53), 2, ranks.kendall_w, 0.9), INCONCLUSIVE),
    ],
)
def test_ranks_sets_counts_and_agreement(judged, status):
    assert judged.verdict().status is status


@pytest.mark.parametrize("spread", [0, 0.01])
def test_the_effect_of_a_rank_statement_is_the_share_of_draws_where_it_is_true(spread):
    found = among_lowest(rates(0.1, 0.5, 0.6, spread=spread), 0, 1, label="cat is the lowest").verdict()
    assert found == Verdict(HOLDS, 1.0, None, None, 5, "of draws", "cat is the lowest", above=0.95)


def test_the_effect_of_friedmans_test_is_kendalls_w():
    assert friedman(rates(0.1, 0.3, 0.5, 0.7)).effect == 1


def test_friedmans_test_without_an_image_part_has_the_p_value_of_scipy():
    from scipy.stats import friedmanchisquare

    values = np.random.default_rng(3).normal([0, 0.2, 0.4, 0.6], 1, (100, 4))
    found = friedman(JointEstimate(values, np.zeros((4, 4))))
    assert found.p_holds == pytest.approx(friedmanchisquare(*values.T).pvalue, abs=0.02)


def test_friedmans_test_does_not_take_hard_test_images_for_a_difference():
    """Every repeat ranks the treatments alike, yet another choice of images could rank them otherwise."""
    same = rates(0.1, 0.3, 0.5, 0.7)
    assert friedman(JointEstimate(same.values, np.eye(4))).p_holds > 0.5


def test_agreement_shows_the_statistic_and_the_middle_of_the_draws():
    found = agreement(rates(0.1, 0.1, 0.5, 0.5, 0.9, 0.9), 2, ranks.spearman, 0.6)
    assert (found.effect, found.low, found.high) == (1, 1, 1)


@pytest.mark.parametrize(
    "judge",
    [
        lambda one: among_lowest(one, 0, 1),
        lambda one: agreement(one, 2, ranks.spearman, 0.6),
        friedman,
    ],
)
def test_one_repeat_decides_nothing(judge):
    assert judge(rates(0.1, 0.2, 0.3, 0.4, repeats=1)).verdict().status is INCONCLUSIVE


NOT_MEASURED, NOT_APPLICABLE = Status.NOT_MEASURED, Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("cases", "status"),
    [
        ([HOLDS, HOLDS], HOLDS),
        ([HOLDS, INCONCLUSIVE], INCONCLUSIVE),
        ([HOLDS, INCONCLUSIVE, REFUTED], REFUTED),
        ([HOLDS, NOT_MEASURED], INCONCLUSIVE),
        ([REFUTED, NOT_MEASURED], REFUTED),
        ([NOT_MEASURED, NOT_MEASURED], NOT_MEASURED),
        ([NOT_MEASURED, NOT_APPLICABLE], NOT_MEASURED),
        ([HOLDS, NOT_APPLICABLE], HOLDS),
        ([NOT_APPLICABLE, NOT_APPLICABLE], NOT_APPLICABLE),
        ([], NOT_APPLICABLE),
    ],
)
def test_a_finding_follows_from_its_cases(cases, status):
    assert of_cases([Verdict(case) for case in cases]).status is status


def test_a_finding_shows_the_numbers_of_the_case_that_decides_and_counts_the_cases():
    found = of_cases([Verdict(HOLDS, 1.0), Verdict(REFUTED, -2.0, -3.0, -1.0, 5, "points", "bird"), Verdict(HOLDS)])
    assert found == Verdict(REFUTED, -2.0, -3.0, -1.0, 5, "points", "2 of 3 holds, 1 of 3 refuted")
