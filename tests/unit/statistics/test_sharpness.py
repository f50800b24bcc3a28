"""How many repeats an interval of a given width takes."""

from __future__ import annotations

import numpy as np
import pytest

from dqsuite.statistics.estimate import change, rate
from dqsuite.statistics.sharpness import repeats_for


def scores(rng, repeats, images=2000, spread=0.04):
    level = 0.7 + rng.normal(0, spread, (repeats, 1))
    return rng.random((repeats, images)) < level


def width(found):
    low, high = found.interval()[1:3]
    return max(high - found.mean, found.mean - low)


def test_as_many_repeats_as_it_says_give_that_width():
    rng = np.random.default_rng(0)
    needed = repeats_for(0.03, [rate(scores(rng, 30))])
    assert 5 < needed < 30
    widths = [width(rate(scores(rng, needed))) for _ in range(200)]
    assert np.median(widths) == pytest.approx(0.03, rel=0.15)


def test_wider_needs_fewer_and_what_is_sharp_needs_two():
    found = [rate(scores(np.random.default_rng(0), 10))]
    assert repeats_for(0.02, found) > repeats_for(0.05, found) >= 2
    assert repeats_for(0.9, found) == 2


def test_where_the_images_leave_it_wider_no_repeats_help():
    rng = np.random.default_rng(0)
    image = rng.random(40) < 0.7
    assert repeats_for(0.03, [rate(np.tile(image, (5, 1)))]) is None
    assert repeats_for(0.03, [rate(np.ones((5, 20)))]) is None


def test_nothing_changed_on_many_images_is_known_at_once():
    same = np.ones((3, 1000))
    assert repeats_for(0.03, [change(same, same)]) == 2


def test_one_repeat_says_nothing():
    with pytest.raises(ValueError, match="one repeat"):
        repeats_for(0.03, [rate(np.ones((1, 20)))])


def test_of_several_the_one_that_needs_most_decides():
    rng = np.random.default_rng(0)
    steady, loose = (rate(scores(rng, 20, spread=spread)) for spread in (0.01, 0.06))
    assert repeats_for(0.03, [steady, loose]) == repeats_for(0.03, [loose]) > repeats_for(0.03, [steady])
