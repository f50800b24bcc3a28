"""The learning curve, in generated worlds whose curve is known."""

import numpy as np
import pytest
from scipy.special import expit

from dqsuite.advice.learning_curve import LearningCurve
from dqsuite.statistics.joint import JointEstimate

SIZES = (250, 500, 1000, 2000)
_ABILITIES = np.linspace(-8, 8, 400)


def _scores(rng, accuracies, repeats=3, images=600):
    """Return right and wrong (repeats, images, K): images differ in how hard they are, repeats in how able."""
    hard = rng.normal(0, 2, images)
    reached = expit(_ABILITIES[:, None] - hard).mean(1)
    able = np.interp(accuracies, reached, _ABILITIES) + rng.normal(0, 0.1, (repeats, 1, len(accuracies)))
    return rng.random((repeats, images, len(accuracies))) < expit(able - hard[:, None])


def _fit(scores, sizes=SIZES):
    return LearningCurve.fit(sizes, JointEstimate.of([scores], low=0, high=1))


def steep(size):
    return 1 - (0.02 + 3 * size**-0.45)


def flattening(size):
    return 1 - (0.2 + 2.5 * size**-0.35)


def flat(size):
    return 0.5 + 0 * size


@pytest.mark.parametrize("truth", [steep, flattening, flat])
def test_intervals_cover_the_curve_within_and_beyond_the_sizes(truth):
    rng = np.random.default_rng(1)
    covered = []
    for _ in range(60):
        curve = _fit(_scores(rng, truth(np.array(SIZES))))
        ends = {size: curve.predict(size) for size in (300, 1000, 2000, 4000)}
        covered.append([end.low <= truth(size) <= end.high for size, end in ends.items()])
    assert np.mean(covered, 0).min() >= 0.9


def test_the_curve_never_falls_and_inverts_itself():
    curve = _fit(_scores(np.random.default_rng(2), steep(np.array(SIZES))))
    reached = [curve.expected(size) for size in (10, 100, 1000, 10_000)]
    assert reached == sorted(reached)
    assert curve.invert(curve.expected(700)) == pytest.approx(700)
    rising = curve.drawn[:, 1] > 0.001
    assert np.allclose(curve.inverted(curve.draws(700))[rising], 700)
    assert curve.invert(1.0) == np.inf


def test_accuracies_that_fall_and_rise_are_said_to_be_off_the_curve():
    scores = _scores(np.random.default_rng(3), np.array([0.6, 0.3, 0.7, 0.4]), images=2000)
    curve = _fit(scores)
    assert curve.bad_fit
    assert curve.misfit > 0.1
    right = _fit(_scores(np.random.default_rng(3), steep(np.array(SIZES))))
    assert not right.bad_fit


def test_it_needs_three_sizes():
    with pytest.raises(ValueError, match="three sizes"):
        _fit(_scores(np.random.default_rng(0), np.array([0.3, 0.5])), (100, 200))
