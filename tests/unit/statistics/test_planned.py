"""What a study of other repeats would measure: its variances, its pairing, and what no repeats take away."""

from __future__ import annotations

import numpy as np
import pytest

from dqsuite.statistics.estimate import difference, estimate, rate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.planned import planned

REPEATS, IMAGES = 5, 400


def scores(seed, images_spread=0.3, repeats_spread=0.1, interaction=0.5):
    """Return scores (n, N) with effects of repeats, of images and of both, all normal."""
    rng = np.random.default_rng(seed)
    repeats, images = rng.standard_normal((REPEATS, 1)), rng.standard_normal((1, IMAGES))
    both = rng.standard_normal((REPEATS, IMAGES))
    return repeats_spread * repeats + images_spread * images + interaction * both


def of_studies(measured, repeats, studies=400):
    """Return the means and the standard errors of studies of so many repeats."""
    found = []
    for seed in range(studies):
        with planned(repeats, seed):
            one = estimate(measured)
        assert one.n == repeats
        found.append((one.mean, one.se))
    return np.array(found).T


@pytest.mark.parametrize("repeats", [3, 5, 20])
def test_the_spread_of_repeats_is_that_of_the_repeats_at_hand_whatever_their_number(repeats):
    measured = scores(0)
    means, errors = of_studies(measured, repeats)
    images = estimate(measured).se ** 2 - estimate(measured).repeats_variance
    of_repeats = estimate(measured).repeats_variance * REPEATS / repeats
    assert means.mean() == pytest.approx(measured.mean(), abs=4 * np.sqrt(of_repeats / len(means)))
    assert means.var() == pytest.approx(of_repeats, rel=0.3)
    assert (errors**2).mean() == pytest.approx(images + of_repeats, rel=0.1)


@pytest.mark.parametrize("images_spread", [0.3, 0.0])
def test_with_ever_more_repeats_the_part_of_the_images_alone_remains(images_spread):
    """Repeats that are copies would leave interaction / (n N) as well, which is more than the images' here."""
    measured = scores(1, images_spread)
    now = estimate(measured)
    images = now.se**2 - now.repeats_variance
    with planned(100_000):
        found = estimate(measured)
    assert found.se**2 == pytest.approx(images, abs=1e-3 * now.se**2)


def test_what_is_paired_stays_paired():
    before, shift = scores(2, repeats_spread=1.0), 0.01
    with planned(7):
        pair = JointEstimate.of([np.stack([before + shift, before], 2)])
        apart = difference(estimate(before + shift), estimate(before))
    assert pair.difference(0, 1).mean == pytest.approx(shift)
    assert pair.difference(0, 1).se == pytest.approx(0, abs=1e-9)
    assert apart.mean == pytest.approx(shift)


def test_one_repeat_stays_one_and_nothing_is_shown_otherwise_afterwards():
    one = np.array([[1, 0, 1, 1]])
    with planned(30):
        assert rate(one).n == 1
    assert rate(np.tile(one, (3, 1))).n == 3
