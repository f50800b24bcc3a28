"""The advisor in generated worlds whose truth is exact: what it names is right, and above an effect it names it."""

import numpy as np
import pytest
from advice_worlds import damaged_world, fragile_world, look_alike_world

from dqsuite.advice.lookalikes import look_alikes
from dqsuite.advice.sensitivity import sensitivity
from dqsuite.advice.worth import worth

PLANTED = (0, 0.1, 0.2, 0.3, 0.4)
EFFECT = 0.1  # of look-alikeness, or of mean loss of recall, between the first and the second


def _pair(rng, classes, planted):
    clean, aimed, truth = look_alike_world(rng, classes, images=100, repeats=5, planted=planted)
    found = look_alikes(clean, aimed)
    names = {tuple(f"c{index}" for index in pair): value for pair, value in truth.items()}
    return found.first, found.most_alike, names


def _class(rng, classes, planted):
    clean, damaged, truth = fragile_world(rng, classes, images=100, repeats=5, planted=planted)
    found = sensitivity("wrong labels", clean, damaged)
    return found.first, found.worst, truth


def _tried(world, count, seed):
    """Return of each world whether something was named, rightly, whether the set has it, and the effect."""
    rng, rows = np.random.default_rng(seed), []
    for number in range(count):
        first, maybe, truth = world(rng, int(rng.choice([3, 5, 8, 10])), PLANTED[number % len(PLANTED)])
        top = max(truth, key=truth.get)
        most, second = sorted(truth.values())[-1:-3:-1]
        rows.append((bool(first), first == top, top in maybe, most - second))
    return np.array(rows, float).T


@pytest.mark.parametrize("world", [_pair, _class])
@pytest.mark.parametrize("count", [40, pytest.param(200, marks=pytest.mark.thorough)])
def test_what_is_named_is_right_and_large_effects_are_named(world, count):
    named, right, in_set, effect = _tried(world, count, seed=4)
    assert right[named > 0].mean() >= 0.95
    assert in_set.mean() >= 0.95
    assert named[effect >= EFFECT].mean() >= 0.8


@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.thorough)])
def test_the_effective_fraction_is_covered_and_a_right_curve_is_seldom_said_to_fit_badly(count):
    rng, covered, bad = np.random.default_rng(7), [], []
    for _ in range(count):
        sizes, damaged, truth = damaged_world(rng)
        found = worth(sizes, damaged)
        bad.append(found.curve.bad_fit)
        for each in found.damages:
            covered.append(each.fraction.low <= truth[each.condition] <= each.fraction.high)
    assert len(covered) >= 2.5 * count  # hardly a curve is said to be flat
    assert np.mean(covered) >= 0.93
    assert np.mean(bad) <= 0.1
