"""Every kind of judgement in worlds whose truth is known: at its own boundary it errs in at most 5%, beyond in few.

A world is simulated as a study is measured: images differ in difficulty, repeats differ in skill, and every prediction
is right or wrong by chance. Boundaries are the worst ones: where a statement can be true in several ways, all of its
comparisons but one way are at a tie.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import sqrt
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtri

from dqsuite.statistics import ranks
from dqsuite.statistics.criteria import (
    Judgement,
    above,
    agreement,
    all_of,
    among_lowest,
    ascending,
    below,
    count_above,
    differs,
    friedman,
    inside,
    lowest_set,
    some_of,
)
from dqsuite.statistics.estimate import estimate
from dqsuite.statistics.joint import JointEstimate

pytestmark = pytest.mark.thorough

WORLDS, DRAWS = 1000, 99


class Setting(NamedTuple):
    """Repeats, the spread of their skill beside that of the predictions, 1, and the test images of a class."""

    repeats: int
    spread: float
    images: int


BOUNDARY = [Setting(3, 0.4, 100), Setting(5, 0.4, 100), Setting(5, 0.02, 100)]
POWER = Setting(5, 0.02, 300)
HARD, HARD_HERE, LUCK = 0.4, 0.4, 0.2  # shares of the variance: an image's own, under a condition, of one prediction

Means = NDArray[np.float64]


def world(rng: np.random.Generator, means: Means, setting: Setting) -> NDArray[np.bool_]:
    """Simulate which predictions are right, (K, repeats, images, m), of K classes under m conditions.

    ``means`` (K, m) are the true rates. A prediction is right where difficulty, luck and the repeat's skill, all
    normal, together stay below the quantile of the rate.
    """
    classes, conditions = means.shape
    repeats, spread, images = setting
    image = sqrt(HARD) * rng.standard_normal((classes, 1, images, 1), np.float32)
    image = image + sqrt(HARD_HERE) * rng.standard_normal((classes, 1, images, conditions), np.float32)
    skill = spread * rng.standard_normal((classes, repeats, 1, conditions), np.float32)
    bar = ndtri(means)[:, None, None].astype(np.float32) * np.float32(sqrt(1 + spread**2))
    luck = sqrt(LUCK) * rng.standard_normal((classes, repeats, images, conditions), np.float32)
    return np.asarray(image + luck + skill < bar)


def classes(*rates: float) -> list[Means]:
    return [np.array(rates)[:, None]]


def changes(*differences: float) -> list[Means]:
    """Return means of K classes under two conditions, the second minus the first being the difference."""
    change = np.array(differences)
    return [np.stack([0.55 - change / 2, 0.55 + change / 2], 1)]


def changed(scores: NDArray[np.bool_]) -> NDArray[np.float64]:
    return scores[..., 1].astype(float) - scores[..., 0]


def one(scores: NDArray[np.bool_], kind: Callable[..., Judgement] = below, **options: float) -> Judgement:
    return kind(estimate(changed(scores)[0]), **options)


def several(scores: NDArray[np.bool_], together: Callable[[list[Judgement]], Judgement]) -> Judgement:
    rates = JointEstimate.of(changed(scores))
    return together([below(rates.estimate(index)) for index in range(rates.count)])


def rated(scores: NDArray[np.bool_], kind: Callable[..., Judgement], **options: object) -> Judgement:
    return kind(JointEstimate.of(scores), draws=DRAWS, **options)


def of_changes(scores: NDArray[np.bool_], kind: Callable[..., Judgement], **options: object) -> Judgement:
    return kind(JointEstimate.of(changed(scores)), draws=DRAWS, **options)


def rated_by(
    raters: int, statistic: Callable[..., NDArray[np.float64]], threshold: float, *, agree: bool
) -> list[Means]:
    """Return many means (classes, raters) whose agreement is as near to the threshold as it gets, on the side wanted.

    Classes lie close, medium and far apart in turn; raters are mixed from a common and an own order.
    """
    rng = np.random.default_rng(1)
    found = []
    for spread in [0.01, 0.05, 0.12] * 20:
        common, own = rng.standard_normal(10), rng.standard_normal((raters, 10))
        mixed = own + np.linspace(0, 1, 401)[:, None, None] * (common - own)
        first = int(np.argmax(statistic(mixed) >= threshold))
        chosen = mixed[first if agree else first - 1]
        centred = chosen - chosen.mean(1, keepdims=True)
        found.append((0.5 + spread * (centred / centred.std()).clip(-2.4, 2.4)).T)
    return found


def against_one_baseline(scores: NDArray[np.bool_]) -> Judgement:
    """Compare the classes' ranks under two conditions, each of them minus the same clean baseline."""
    weights = np.kron(np.eye(10), [[-1, -1], [1, 0], [0, 1]])
    return agreement(JointEstimate.of(scores).combine(weights), 2, ranks.spearman, 0.6, draws=DRAWS)


def with_baseline(means: list[Means]) -> list[Means]:
    return [np.column_stack([np.full(len(mean), 0.6), mean]) for mean in means]


FAR = 0.3
SPREAD = [0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.78, 0.8]
ALIKE = [np.array(SPREAD)[:, None] + np.zeros(2)]
ALIKE_FIVE = [np.array(SPREAD)[:, None] + np.zeros(5)]
OPPOSITE = [np.stack([SPREAD, SPREAD[::-1]], 1)]
UNRELATED = [np.stack([np.roll(SPREAD, 2 * shift) for shift in range(5)], 1)]


class Kind(NamedTuple):
    """A judgement; means at the boundary where the claim is barely false, barely true; clearly true, clearly false."""

    judge: Callable[[NDArray[np.bool_]], Judgement]
    barely_false: list[Means]
    barely_true: list[Means] | None
    true: list[Means]
    false: list[Means] | None


KINDS = {
    "below": Kind(one, changes(0), changes(0), changes(-0.25), changes(0.25)),
    "above": Kind(partial(one, kind=above), changes(0), changes(0), changes(0.25), changes(-0.25)),
    "inside": Kind(
        partial(one, kind=inside, low=-0.2, high=0.2), changes(0.2), changes(-0.2), changes(0.0), changes(0.45)
    ),
    "differs": Kind(partial(one, kind=differs, negligible=0.2), changes(0), changes(0.2), changes(-0.25), changes(0.0)),
    "all of three": Kind(
        partial(several, together=all_of),
        changes(0, -0.5, -0.5),
        changes(0, 0, 0),
        changes(-FAR, -FAR, -FAR),
        changes(-FAR, -FAR, FAR),
    ),
    "some of 5": Kind(
        partial(several, together=some_of),
        changes(*[0] * 5),
        changes(0, *[0.5] * 4),
        changes(*[0] * 4, -0.4),
        changes(*[FAR] * 5),
    ),
    "some of 45": Kind(
        partial(several, together=some_of),
        changes(*[0] * 45),
        None,
        changes(*[0] * 40, *[-0.45] * 5),
        changes(*[0.4] * 45),
    ),
    "Friedman over classes": Kind(
        partial(of_changes, kind=friedman), changes(*[-0.1] * 10), None, changes(*np.linspace(0, -0.3, 10)), None
    ),
    "Friedman over models": Kind(
        partial(rated, kind=friedman), [np.full((1, 4), 0.5)], None, [np.array([[0.4, 0.5, 0.6, 0.7]])], None
    ),
    "lowest of equals": Kind(
        partial(rated, kind=among_lowest, index=0, count=1),
        classes(*[0.5] * 10),
        classes(*[0.5] * 10),
        classes(0.3, *[0.6] * 9),
        classes(0.6, 0.3, *[0.6] * 8),
    ),
    "lowest of two": Kind(
        partial(rated, kind=among_lowest, index=0, count=1),
        classes(0.3, 0.3, *[0.7] * 8),
        None,
        classes(0.3, 0.55, *[0.7] * 8),
        None,
    ),
    "among four lowest of equals": Kind(
        partial(rated, kind=among_lowest, index=0, count=4),
        classes(*[0.5] * 10),
        None,
        classes(0.3, 0.25, 0.25, *[0.7] * 7),
        None,
    ),
    "among four lowest, four tied below": Kind(
        partial(rated, kind=among_lowest, index=0, count=4),
        classes(*[0.3] * 5, *[0.7] * 5),
        classes(0.7, *[0.3] * 3, *[0.7] * 6),
        classes(0.3, 0.3, 0.3, *[0.7] * 7),
        classes(0.7, *[0.3] * 9),
    ),
    "set of two lowest of equals": Kind(
        partial(rated, kind=lowest_set, indexes=(0, 1)),
        classes(*[0.5] * 10),
        classes(*[0.5] * 10),
        classes(0.3, 0.35, *[0.7] * 8),
        classes(0.3, 0.7, 0.3, *[0.7] * 7),
    ),
    "set of two lowest, one tied": Kind(
        partial(rated, kind=lowest_set, indexes=(0, 1)),
        classes(0.25, 0.5, 0.5, *[0.75] * 7),
        None,
        classes(0.25, 0.35, *[0.7] * 8),
        None,
    ),
    "order of three": Kind(
        partial(rated, kind=ascending, indexes=(0, 1, 2)),
        classes(*[0.5] * 3),
        classes(*[0.5] * 3),
        classes(0.25, 0.5, 0.75),
        classes(0.5, 0.25, 0.7),
    ),
    "count of seven above 0": Kind(
        partial(of_changes, kind=count_above, count=7),
        changes(*[0.4] * 6, *[0] * 4),
        changes(*[0] * 7, *[-FAR] * 3),
        changes(*[0.4] * 8, 0, 0),
        changes(*[-0.4] * 8, 0, 0),
    ),
    "Kendall's W": Kind(
        partial(rated, kind=agreement, raters=5, statistic=ranks.kendall_w, threshold=0.7),
        rated_by(5, ranks.kendall_w, 0.7, agree=False),
        rated_by(5, ranks.kendall_w, 0.7, agree=True),
        ALIKE_FIVE,
        UNRELATED,
    ),
    "Spearman": Kind(
        partial(rated, kind=agreement, raters=2, statistic=ranks.spearman, threshold=0.6),
        rated_by(2, ranks.spearman, 0.6, agree=False),
        rated_by(2, ranks.spearman, 0.6, agree=True),
        ALIKE,
        OPPOSITE,
    ),
    "Spearman, one baseline": Kind(
        against_one_baseline,
        with_baseline(rated_by(2, ranks.spearman, 0.6, agree=False)),
        None,
        with_baseline(ALIKE),
        with_baseline(OPPOSITE),
    ),
}


def share(kind: Kind, means: list[Means], status: str, setting: Setting, worlds: int = WORLDS) -> float:
    rng = np.random.default_rng(7)
    said = (kind.judge(world(rng, means[i % len(means)], setting)).verdict().status for i in range(worlds))
    return sum(found == status for found in said) / worlds


ALLOWED = 0.05 + 3 * sqrt(0.05 * 0.95 / WORLDS)


@pytest.mark.parametrize("setting", BOUNDARY, ids=str)
@pytest.mark.parametrize("name", KINDS)
def test_a_barely_false_claim_holds_in_at_most_5_percent(name, setting):
    assert share(KINDS[name], KINDS[name].barely_false, "holds", setting) <= ALLOWED


@pytest.mark.parametrize("setting", BOUNDARY, ids=str)
@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.barely_true])
def test_a_barely_true_claim_is_refuted_in_at_most_5_percent(name, setting):
    assert share(KINDS[name], KINDS[name].barely_true, "refuted", setting) <= ALLOWED


@pytest.mark.parametrize("name", KINDS)
def test_a_clearly_true_claim_holds(name):
    assert share(KINDS[name], KINDS[name].true, "holds", POWER, 100) >= 0.8


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.false])
def test_a_clearly_false_claim_is_refuted(name):
    assert share(KINDS[name], KINDS[name].false, "refuted", POWER, 100) >= 0.8
