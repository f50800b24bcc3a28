from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dqsuite.statistics.criteria import below, lies_below, reported
from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.judgement import Judgement, all_of, at_least, some_of, unknown
from dqsuite.statistics.verdict import Status

HOLDS, REFUTED, INCONCLUSIVE = Status.HOLDS, Status.REFUTED, Status.INCONCLUSIVE


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
        (all_of([WEAKLY_FALSE, WEAKLY_FALSE]), INCONCLUSIVE, "weakly false"),
        (some_of([OPEN, TRUE]), HOLDS, "true"),
        (some_of([OPEN, WEAKLY_TRUE]), INCONCLUSIVE, "weakly true"),
        (some_of([WEAKLY_TRUE, WEAKLY_TRUE]), INCONCLUSIVE, "weakly true"),
        (some_of([FALSE, WEAKLY_FALSE]), REFUTED, "weakly false"),
        (some_of([FALSE, OPEN]), INCONCLUSIVE, "open"),
        (at_least(2, [TRUE, TRUE, OPEN]), HOLDS, "true"),
        (at_least(2, [TRUE, WEAKLY_TRUE, OPEN]), INCONCLUSIVE, "weakly true"),
        (at_least(2, [TRUE, WEAKLY_TRUE, WEAKLY_TRUE]), HOLDS, "weakly true"),
        (at_least(2, [TRUE, FALSE, FALSE]), REFUTED, "false"),
        (all_of([TRUE, some_of([OPEN, TRUE])]), HOLDS, "true"),
    ],
)
def test_parts_are_put_together_and_show_the_deciding_one(judged, status, deciding):
    assert (judged.verdict().status, judged.verdict().note) == (status, deciding)


p_values = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6)


@given(p_values, st.data())
def test_at_least_is_nowhere_weaker_than_bonferroni_and_between_some_and_all(pairs, data):
    parts = [part(*pair) for pair in pairs]
    count = data.draw(st.integers(1, len(parts)))
    found = at_least(count, parts)
    holds = sorted(pair[0] for pair in pairs)
    assert found.p_holds <= min(1, (len(parts) - count + 1) * holds[count - 1]) + 1e-12
    assert found.p_holds <= all_of(parts).p_holds + 1e-12
    assert found.p_refuted >= all_of(parts).p_refuted / len(parts) - 1e-12


def test_among_parts_that_hold_the_one_nearest_to_failing_decides():
    far, near = Estimate(-5, 0.36, 5), Estimate(-2, 0.36, 5)
    assert all_of([below(far, label="far"), below(near, label="near")]).label == "near"


@pytest.mark.parametrize("count", [0, 3])
def test_no_more_parts_can_be_asked_for_than_there_are(count):
    with pytest.raises(ValueError, match="2 parts"):
        at_least(count, [TRUE, OPEN])


@pytest.mark.parametrize(("cases", "status"), [(1, REFUTED), (2, INCONCLUSIVE)])
def test_a_case_is_refuted_after_holm_over_the_cases_of_its_finding(cases, status):
    assert WEAKLY_FALSE.verdict(cases).status is status


@given(st.floats(-4, 4), st.sampled_from([below, lies_below]))
def test_the_interval_shown_is_the_one_that_decides(mean, kind):
    """Of four that share the error, the first holds exactly where its interval, wider for that, lies below 0."""
    far = Estimate(9, 0.4, 5, 12)
    found = some_of([kind(Estimate(mean, 0.4, 5, 12)), *[kind(far)] * 3])
    if found.effect == mean and abs(found.high) > 1e-6:
        assert (found.verdict().status is HOLDS) == (found.high < 0)


def test_a_plain_comparison_has_its_95_percent_interval_and_one_of_an_order_its_one_sided_one():
    estimate = Estimate(-1, 0.4, 5, 12)
    assert below(estimate).low == estimate.interval(0.95).low
    assert lies_below(estimate).low == estimate.interval(0.9).low


def test_labels_come_before_labels():
    assert TRUE.named("lenet").label == "lenet: true"
    assert part(0, 0).named("lenet").label == "lenet"


def test_what_has_no_expectation_is_reported_whatever_it_is():
    found = reported(Estimate(-9, 0.1, 5), "merged", "points").verdict()
    assert (found.status, found.note, found.unit) == (Status.REPORTED, "merged", "points")


def test_what_is_not_known_has_no_numbers():
    found = unknown(1, "lenet")
    assert math.isnan(found.effect)
    assert found.verdict().status is INCONCLUSIVE
