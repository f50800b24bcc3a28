from __future__ import annotations

import math

import pytest

from dqsuite.statistics.criteria import above, below, differs, inside, lies_below
from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.judgement import all_of
from dqsuite.statistics.verdict import Status, Verdict

HOLDS, REFUTED, INCONCLUSIVE = Status.HOLDS, Status.REFUTED, Status.INCONCLUSIVE


def mean(value: float, se: float = 0.36) -> Estimate:
    """Return an estimate whose 95% interval reaches about ± 1: t(4) · .36 = .9995."""
    return Estimate(value, se, 5, 4)


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
        (differs(mean(0)), INCONCLUSIVE),
        (lies_below(mean(-0.78)), HOLDS),
        (lies_below(mean(-0.75)), INCONCLUSIVE),
        (lies_below(mean(0.78)), REFUTED),
    ],
)
def test_a_mean_is_judged_by_its_interval(part, status):
    """One-sided, t(4) at 5% is 2.132, times .36 is .7675."""
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
        (lies_below(mean(1)), (None, 0)),
        (all_of([below(mean(1), 5), below(mean(9), 2)]), (None, 2)),
    ],
)
def test_a_verdict_shows_what_the_finding_claims(part, bounds):
    found = part.verdict()
    assert (found.above, found.below) == bounds


def test_one_repeat_is_inconclusive_and_has_no_interval():
    found = below(Estimate(-9, math.nan, 1)).verdict()
    assert found == Verdict(INCONCLUSIVE, -9, None, None, 1, below=0)
