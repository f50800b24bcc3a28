from __future__ import annotations

import math

import numpy as np
import pytest

from dqsuite.stats import mean_interval


def test_the_interval_by_hand():
    """Repeats .75 and .5: s²_repeats = .03125; images 1, 1, .5, 0: s²_images = .229167; t(1) = 12.7062."""
    found = mean_interval(np.array([[1, 1, 1, 0], [1, 1, 0, 0]]))
    assert (found.mean, found.n) == (0.625, 2)
    margin = 12.706204736 * math.sqrt(0.03125 / 2 + 0.22916667 / 4)
    assert found.high - found.mean == pytest.approx(margin, rel=1e-6)
    assert found.mean - found.low == pytest.approx(margin, rel=1e-6)


def test_one_repeat_has_a_mean_and_no_interval():
    found = mean_interval(np.array([[1, 0]]))
    assert found.mean == 0.5
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@pytest.mark.parametrize("shape", [(0, 5), (3, 0)])
def test_nothing_measured_is_an_error(shape):
    with pytest.raises(ValueError, match="at least one"):
        mean_interval(np.zeros(shape))


def test_it_covers_the_truth_as_often_as_it_says():
    """Repeats differ by a normal 1 point, images by their difficulty; 95% must cover within binomial error."""
    rng = np.random.default_rng(0)
    worlds, repeats, images, mean = 1000, 5, 400, 0.7
    covered = 0
    for _ in range(worlds):
        chance = rng.uniform(mean - 0.2, mean + 0.2, images) + rng.normal(0, 0.01, (repeats, 1))
        found = mean_interval(rng.random((repeats, images)) < chance)
        covered += found.low <= mean <= found.high
    assert covered / worlds >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / worlds)
