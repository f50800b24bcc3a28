"""Every kind of judgement in worlds whose truth is known: at its own boundary it errs in at most 5%, beyond in few.

Boundaries are the worst ones: where a statement can be true in several ways, all of its comparisons but one way are at
a tie. Nasty worlds have spreads of 8 to 1 between conditions, of 10 to 1 between classes, a repeat that lies far off,
rates near 0 and 1; the classes' images are always shared by the conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import sqrt
from typing import NamedTuple

import numpy as np
import pytest
from worlds import Means, Right, Setting, changes, classes, one, rate_changes, rates, several, world

from dqsuite.statistics import ranks
from dqsuite.statistics.agreement import agreement
from dqsuite.statistics.criteria import above, below, differs, inside
from dqsuite.statistics.estimate import difference, estimate, rate, ratio
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import Judgement, all_of, some_of
from dqsuite.statistics.orders import among_lowest, ascending, count_above, differ, lowest, lowest_set

SPREAD = [0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.78, 0.8]
NAMES = [str(index) for index in range(10)]


def of_rates(right: Right, kind: Callable[..., Judgement], **options: object) -> Judgement:
    return kind(rates(right), **options)


def of_changes(right: Right, kind: Callable[..., Judgement], **options: object) -> Judgement:
    return kind(rate_changes(right), **options)


def apart(right: Right) -> Judgement:
    """Compare two classes of the same trainings, whose images differ."""
    return below(estimate(right[0, ..., 0], -right[1, ..., 0].astype(float), low=-1, high=1))


def strangers(right: Right) -> Judgement:
    """Compare two data sets, which share nothing."""
    return below(difference(rate(right[0, ..., 0]), rate(right[1, ..., 1])))


def relative(right: Right) -> Judgement:
    """Compare a rate, as a share of the clean one, with .8."""
    return above(estimate(ratio(right[0, ..., 1], right[0, ..., 0])), 0.8)


def by_raters(right: Right) -> Judgement:
    """Judge whether the conditions, as raters, rank the classes alike."""
    raters = [JointEstimate.of([block[..., each] for block in right], low=0, high=1) for each in range(right.shape[3])]
    return agreement(raters, 0.7)


def mixed(threshold: float, *, agree: bool, raters: int = 3) -> list[Means]:
    """Return many means (K, raters) whose W is as near to the threshold as it gets, on the side wanted.

    Classes lie close, medium and far apart in turn; raters are mixed from a common and an own order.
    """
    rng = np.random.default_rng(1)
    found = []
    for spread in [0.01, 0.05, 0.12] * 10:
        common, own = rng.standard_normal(6), rng.standard_normal((raters, 6))
        blends = own + np.linspace(0, 1, 401)[:, None, None] * (common - own)
        first = int(np.argmax(ranks.kendall_w(blends) >= threshold))
        chosen = blends[first if agree else first - 1]
        centred = chosen - chosen.mean(1, keepdims=True)
        found.append((0.5 + spread * (centred / centred.std()).clip(-2.4, 2.4)).T)
    return found


class Kind(NamedTuple):
    """A judgement; means at the boundary where the claim is barely false, barely true; clearly true, clearly false."""

    judge: Callable[[Right], Judgement]
    barely_false: Means | list[Means]
    barely_true: Means | list[Means] | None
    true: Means
    false: Means | None


def _low(name: str, **options: object) -> Callable[[Right], Judgement]:
    return partial(of_rates, kind=among_lowest, name=name, **options)


KINDS = {
    "below": Kind(one, changes(0), changes(0), changes(-0.25), changes(0.25)),
    "below, near 1": Kind(
        one, changes(0, around=0.995), changes(0, around=0.995), changes(-0.2, around=0.85), changes(0.2, around=0.85)
    ),
    "above, near 0": Kind(
        partial(one, kind=above),
        changes(0, around=0.005),
        changes(0, around=0.005),
        changes(0.2, around=0.15),
        changes(-0.2, around=0.15),
    ),
    "inside": Kind(
        partial(one, kind=inside, low=-0.2, high=0.2), changes(0.2), changes(-0.2), changes(0.0), changes(0.45)
    ),
    "differs": Kind(partial(one, kind=differs, negligible=0.2), changes(0), changes(0.2), changes(-0.25), changes(0.0)),
    "two classes": Kind(apart, classes(0.6, 0.6), classes(0.6, 0.6), classes(0.4, 0.7), classes(0.7, 0.4)),
    "two data sets": Kind(
        strangers, changes(0, 0, around=0.6), changes(0, 0, around=0.6), changes(0.4, 0.4), changes(-0.4, -0.4)
    ),
    "a share": Kind(
        relative, np.array([[0.8, 0.64]]), np.array([[0.8, 0.64]]), np.array([[0.8, 0.78]]), np.array([[0.8, 0.4]])
    ),
    "all of three": Kind(
        partial(several, together=all_of),
        changes(0, -0.5, -0.5),
        changes(0, 0, 0),
        changes(-0.3, -0.3, -0.3),
        changes(-0.3, -0.3, 0.3),
    ),
    "some of 5": Kind(
        partial(several, together=some_of),
        changes(*[0] * 5),
        changes(0, *[0.5] * 4),
        changes(*[0] * 4, -0.4),
        changes(*[0.3] * 5),
    ),
    "some of 45": Kind(
        partial(several, together=some_of),
        changes(*[0] * 45),
        None,
        changes(*[0] * 40, *[-0.45] * 5),
        changes(*[0.4] * 45),
    ),
    "some two differ": Kind(
        partial(of_changes, kind=differ), changes(*[-0.1] * 10), None, changes(*np.linspace(0, -0.4, 10)), None
    ),
    "lowest": Kind(
        partial(of_rates, kind=lowest, name="0"),
        classes(0.3, 0.3, *[0.7] * 8),
        classes(*[0.5] * 10),
        classes(0.3, *[0.6] * 9),
        classes(0.6, 0.3, *[0.6] * 8),
    ),
    "among four lowest of equals": Kind(
        _low("0", count=4), classes(*[0.5] * 10), None, classes(0.3, 0.25, 0.25, *[0.7] * 7), None
    ),
    "among four lowest, four tied below": Kind(
        _low("0", count=4),
        classes(*[0.3] * 5, *[0.7] * 5),
        classes(0.7, *[0.3] * 3, *[0.7] * 6),
        classes(0.3, 0.3, 0.3, *[0.7] * 7),
        classes(0.7, *[0.3] * 9),
    ),
    "set of two lowest of equals": Kind(
        partial(of_rates, kind=lowest_set, names=("0", "1")),
        classes(*[0.5] * 10),
        classes(*[0.5] * 10),
        classes(0.3, 0.35, *[0.7] * 8),
        classes(0.3, 0.7, 0.3, *[0.7] * 7),
    ),
    "set of two lowest, one tied": Kind(
        partial(of_rates, kind=lowest_set, names=("0", "1")),
        classes(0.25, 0.5, 0.5, *[0.75] * 7),
        None,
        classes(0.25, 0.35, *[0.7] * 8),
        None,
    ),
    "order of three": Kind(
        partial(of_rates, kind=ascending, names=NAMES[:3]),
        classes(0.25, 0.5, 0.5),
        classes(0.5, 0.5, 0.5),
        classes(0.25, 0.5, 0.75),
        classes(0.5, 0.25, 0.7),
    ),
    "seven of ten above 0": Kind(
        partial(of_changes, kind=count_above, count=7),
        changes(*[0.4] * 6, *[0] * 4),
        changes(*[0] * 7, *[-0.3] * 3),
        changes(*[0.4] * 8, 0, 0),
        changes(*[-0.4] * 8, 0, 0),
    ),
    "W": Kind(
        by_raters,
        mixed(0.7, agree=False),
        mixed(0.7, agree=True),
        np.array([*SPREAD[::2], 0.95])[:, None] + np.zeros(3),
        np.stack([np.roll([*SPREAD[::2], 0.95], 2 * shift) for shift in range(3)], 1),
    ),
    "W of equals": Kind(by_raters, np.full((6, 3), 0.5), None, np.linspace(0.1, 0.9, 6)[:, None] + np.zeros(3), None),
}

PLAIN = [Setting(3, 0.4), Setting(5, 0.4), Setting(5, 0.02), Setting(10, 0.1)]
NASTY = [
    Setting(5, (0.4, 0.05)),  # of the two conditions
    Setting(5, (0.05, 0.4)),
    Setting(5, 0.05, outlier=0.8),
    Setting(5, 0.05, images=36),
]
NOISY = "one class ten times as noisy"
POWER = Setting(5, 0.02, 300)


def nasty(setting: Setting | str, means: Means) -> Setting:
    """Return the setting with spreads that fit the means; the first or the second class is the noisy one."""
    if setting == NOISY:
        spread = np.full((len(means), 1), 0.05)
        spread[min(1, len(means) - 1)] = 0.5
        return Setting(5, spread)
    assert isinstance(setting, Setting)
    spread = setting.spread
    if isinstance(spread, tuple):
        return Setting(setting.repeats, np.resize(spread, means.shape[1]), setting.images, setting.outlier)
    return setting


def share(kind: Kind, means: Means | list[Means], status: str, setting: Setting | str, worlds: int) -> float:
    rng = np.random.default_rng(7)
    many = means if isinstance(means, list) else [means]
    made = (world(rng, many[i % len(many)], nasty(setting, many[i % len(many)])) for i in range(worlds))
    return sum(kind.judge(right).verdict().status == status for right in made) / worlds


def allowed(worlds: int) -> float:
    return 0.05 + 3 * sqrt(0.05 * 0.95 / worlds)


SMALL, LARGE = 100, 1000
TRULY_FALSE = [name for name, kind in KINDS.items() if kind.false is not None]
REFUTABLE = [name for name, kind in KINDS.items() if kind.barely_true is not None]


@pytest.mark.parametrize("name", KINDS)
def test_a_barely_false_claim_seldom_holds(name):
    assert share(KINDS[name], KINDS[name].barely_false, "holds", PLAIN[1], SMALL) <= allowed(SMALL)


@pytest.mark.parametrize("name", KINDS)
def test_a_clearly_true_claim_holds(name):
    assert share(KINDS[name], KINDS[name].true, "holds", POWER, 20) >= 0.8


@pytest.mark.parametrize("name", TRULY_FALSE)
def test_a_clearly_false_claim_is_refuted(name):
    assert share(KINDS[name], KINDS[name].false, "refuted", POWER, 20) >= 0.8


@pytest.mark.thorough
@pytest.mark.parametrize("setting", [*PLAIN, *NASTY, NOISY], ids=str)
@pytest.mark.parametrize("name", KINDS)
def test_a_barely_false_claim_holds_in_at_most_5_percent(name, setting):
    assert share(KINDS[name], KINDS[name].barely_false, "holds", setting, LARGE) <= allowed(LARGE)


@pytest.mark.thorough
@pytest.mark.parametrize("setting", [*PLAIN, *NASTY, NOISY], ids=str)
@pytest.mark.parametrize("name", REFUTABLE)
def test_a_barely_true_claim_is_refuted_in_at_most_5_percent(name, setting):
    assert share(KINDS[name], KINDS[name].barely_true, "refuted", setting, LARGE) <= allowed(LARGE)
