from __future__ import annotations

import numpy as np
import pytest

from dqsuite.statistics.blocks import Blocks
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.orders import (
    among_lowest,
    ascending,
    count_above,
    differ,
    highest,
    lowest,
    lowest_in_order,
    lowest_set,
)
from dqsuite.statistics.verdict import Status

HOLDS, REFUTED, INCONCLUSIVE = Status.HOLDS, Status.REFUTED, Status.INCONCLUSIVE


def rates(*means: float, spread: float = 0.01, repeats: int = 5, images: float = 1e-6) -> JointEstimate:
    """Return statistics a, b, c... with repeats that alternate about their means, each at its own rhythm."""
    count = len(means)
    rows = np.arange(repeats)[:, None] + np.arange(count)
    noise = np.where(rows % 3 == 0, 1, -0.5) * spread
    nothing = np.zeros((1, count, count))
    blocks = Blocks(
        np.array(means) + noise - noise.mean(0), np.eye(count)[None] * images, nothing, nothing, np.array([1000])
    )
    return JointEstimate(blocks, "abcdefghij"[:count], np.tile([-1.0, 1.0], (count, 1)))


@pytest.mark.parametrize(
    ("judged", "status"),
    [
        (lowest(rates(0.1, 0.5, 0.6, 0.7), "a"), HOLDS),
        (lowest(rates(0.6, 0.1, 0.6, 0.9), "a"), REFUTED),
        (lowest(rates(0.1, 0.1, 0.6, 0.7), "a"), INCONCLUSIVE),
        (highest(rates(0.1, 0.5, 0.6, 0.7), "d"), HOLDS),
        (highest(rates(0.1, 0.5, 0.6, 0.7), "a"), REFUTED),
        (among_lowest(rates(0.1, 0.5, 0.6, 0.7), "a", 1), HOLDS),
        (among_lowest(rates(0.4, 0.1, 0.6, 0.7), "a", 2), HOLDS),
        (among_lowest(rates(0.6, 0.1, 0.2, 0.9), "a", 2), REFUTED),
        (among_lowest(rates(0.5, 0.1, 0.5, 0.9), "a", 2), INCONCLUSIVE),
        (lowest_set(rates(0.2, 0.6, 0.1, 0.7), "ac"), HOLDS),
        (lowest_set(rates(0.2, 0.6, 0.1, 0.7), "ab"), REFUTED),
        (lowest_in_order(rates(0.2, 0.6, 0.1, 0.7), "ca"), HOLDS),
        (lowest_in_order(rates(0.2, 0.6, 0.1, 0.7), "ac"), REFUTED),
        (ascending(rates(0.2, 0.6, 0.1), "cab"), HOLDS),
        (ascending(rates(0.2, 0.6, 0.1), "abc"), REFUTED),
        (count_above(rates(0.2, -0.6, 0.1), 2), HOLDS),
        (count_above(rates(0.2, -0.6, 0.1), 3), REFUTED),
        (count_above(rates(0.2, 0.001, -0.1), 2), INCONCLUSIVE),
        (differ(rates(0.1, 0.1, 0.5, 0.1)), HOLDS),
        (differ(rates(0.5, 0.5, 0.5, 0.5)), INCONCLUSIVE),
    ],
)
def test_orders_sets_and_counts(judged, status):
    assert judged.verdict().status is status


def test_the_comparison_that_decides_is_named_and_shown():
    found = lowest(rates(0.1, 0.5, 0.3, 0.7), "a").verdict()
    assert found.note == "a - c"
    assert found.effect == pytest.approx(-0.2)
    assert differ(rates(0.1, 0.1, 0.8)).label in ("a - c", "b - c")


def test_hard_test_images_are_no_difference():
    """Every repeat orders the statistics alike, yet another choice of images could order them otherwise."""
    assert differ(rates(0.1, 0.3, 0.5, 0.7)).verdict().status is HOLDS
    assert differ(rates(0.1, 0.3, 0.5, 0.7, images=0.1)).verdict().status is INCONCLUSIVE


@pytest.mark.parametrize("judge", [lambda one: lowest(one, "a"), lambda one: among_lowest(one, "a", 2), differ])
def test_one_repeat_decides_nothing(judge):
    assert judge(rates(0.1, 0.2, 0.3, 0.4, repeats=1)).verdict().status is INCONCLUSIVE
