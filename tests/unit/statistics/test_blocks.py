from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dqsuite.statistics.blocks import Blocks


@given(arrays(np.float64, st.tuples(st.integers(2, 5), st.integers(2, 7)), elements=st.integers(-1, 1)))
def test_the_mean_squares_are_those_of_the_two_way_table(scores):
    n, images = scores.shape
    by_repeat, by_image = scores.mean(1, keepdims=True), scores.mean(0, keepdims=True)
    residuals = scores - by_repeat - by_image + scores.mean()
    found = Blocks.of([scores[:, :, None]])
    assert found.between[0, 0, 0] * n * images == pytest.approx(n * by_image.var(ddof=1), abs=1e-12)
    expected = (residuals**2).sum() / ((n - 1) * (images - 1))
    assert found.inner[0, 0, 0] * n * images == pytest.approx(expected, abs=1e-12)
    assert found.least[0, 0, 0] * n * images == pytest.approx(scores.var(ddof=1), abs=1e-12)


@pytest.fixture
def scores():
    """Return two blocks, of 30 and 40 images, of two statistics each on 4 repeats."""
    rng = np.random.default_rng(0)
    return [(rng.random((4, images, 2)) < 0.6).astype(float) for images in (30, 40)]


def test_a_combination_has_the_mean_squares_of_the_combined_scores(scores):
    found = Blocks.of(scores).combine(np.array([[1, -0.5, 0, 0]]).T)
    expected = Blocks.of([scores[0] @ [[1], [-0.5]]])
    for name in ("between", "inner", "least"):
        assert getattr(found, name)[0] == pytest.approx(getattr(expected, name)[0])
        assert getattr(found, name)[1] == 0
    assert found.values == pytest.approx(expected.values)


def test_some_statistics_are_taken_in_the_order_asked_for(scores):
    whole = Blocks.of(scores)
    found = whole.alone([3, 0])
    assert (found.values == whole.values[:, [3, 0]]).all()
    assert found.between[1, 0] == whole.between[1, 3, 3]
    assert found.between[0, 1] == whole.between[0, 0, 0]


def test_a_difference_has_the_mean_squares_of_the_differing_scores(scores):
    found = Blocks.of(scores).differences([(0, 1), (2, 3)])
    expected = Blocks.of([block @ [[1], [-1]] for block in scores])
    for name in ("between", "inner", "least"):
        assert getattr(found, name)[0, 0] == pytest.approx(getattr(expected, name)[0, 0, 0])
        assert getattr(found, name)[1, 1] == pytest.approx(getattr(expected, name)[1, 1, 1])
    assert found.values == pytest.approx(expected.values)


@pytest.mark.parametrize(
    "blocks", [[], [np.zeros((0, 5, 1))], [np.zeros((3, 0, 1))], [np.ones((2, 4, 1)), np.ones((3, 4, 1))]]
)
def test_nothing_measured_or_other_repeats_are_an_error(blocks):
    with pytest.raises(ValueError, match="at least one"):
        Blocks.of(blocks)
