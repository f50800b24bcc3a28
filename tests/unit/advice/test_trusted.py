"""The noise on trusted data: both halves of the test set, and what their slope is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from label_worlds import World, drawn

from dqsuite.advice.response import DRAWS, Response, Slope
from dqsuite.advice.trusted import Trusted, halves
from dqsuite.statistics.joint import JointEstimate

IMAGES, REPEATS = 2000, 5


def right(accuracies, seed=0):
    rng = np.random.default_rng(seed)
    hard = rng.random((1, IMAGES, 1))  # the same images are hard in all conditions
    return JointEstimate.of([(hard < np.array(accuracies)) & (rng.random((REPEATS, IMAGES, 1)) < 0.999)], low=0, high=1)


def world(tests, records=300):
    """Pictures that show their number, so that it can be seen where they went."""
    data = drawn(World(0.2, records=records, tests=tests), 0).dataset()
    x_test = data.x_test.copy()
    x_test[:, 0, 0, 0], x_test[:, 0, 1, 0] = np.divmod(np.arange(tests), 256)
    return replace(data, x_test=x_test, fingerprint="")


def shown(images):
    return set((images[:, 0, 0, 0].astype(int) * 256 + images[:, 0, 1, 0]).tolist())


def test_each_half_is_trained_on_once_and_predicted_once():
    data = world(400)
    one, other = halves(data)
    for part in (one, other):
        assert len(shown(part.x_train)) == len(shown(part.x_test)) == 200
        assert not shown(part.x_train) & shown(part.x_test)
        numbers = part.x_train[:, 0, 0, 0].astype(int) * 256 + part.x_train[:, 0, 1, 0]
        np.testing.assert_array_equal(part.y_train, data.y_test[numbers])
    assert shown(one.x_train) == shown(other.x_test)
    assert one.fingerprint != other.fingerprint


def test_no_more_are_trained_on_than_there_are_records():
    for part in halves(world(1001, records=300)):
        assert len(part.y_train) == 300
        assert len(part.y_test) == 500


def test_a_small_test_set_has_no_halves():
    assert halves(world(99)) == []
    assert len(halves(world(100))) == 2


def test_what_is_far_less_than_the_records_has_no_halves():
    assert halves(world(100, records=801)) == []
    assert len(halves(world(100, records=800))) == 2


def test_the_slope_is_that_of_a_power_of_the_noise():
    found = Trusted([right([0.8, 0.7], 1), right([0.8, 0.7], 2)], 2.0, 500).slope(500, DRAWS)
    assert np.median(found.draws) == pytest.approx(np.log(0.3 / 0.2) / 2, abs=0.04)


def test_fewer_records_than_the_data_have_say_less():
    trusted = Trusted([right([0.8, 0.7], 1)] * 2, 1.0, 500)
    same, more, fewer = (trusted.slope(records, DRAWS) for records in (500, 2000, 100))
    assert more.off > same.off == fewer.off
    assert more.factor > same.factor == fewer.factor


def test_the_more_precise_slope_decides():
    joint, rng = right([0.75, 0.65, 0.7]), np.random.default_rng(0)
    alone = Response.fit(joint, 1.0, 1000)
    precise = Response.fit(joint, 1.0, 1000, [Slope(0.5 + 0.01 * rng.standard_normal(DRAWS), 1.0, 0.05)])
    vague = Response.fit(joint, 1.0, 1000, [Slope(0.5 + 5.0 * rng.standard_normal(DRAWS), 1.0, 0.05)])
    assert np.median(alone.slope) == pytest.approx(np.log(0.3 / 0.25), abs=0.03)
    assert np.median(precise.slope) == pytest.approx(0.5, abs=0.03)
    assert precise.slope.std() < alone.slope.std()
    assert np.median(vague.slope) == pytest.approx(np.median(alone.slope), abs=0.03)
