"""lie1 under label noise: which classes break, where, and how."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import CIFAR10, each_among_lowest, noise, recall_changes, recall_gain, recalls
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics.criteria import above, below, differs, inside
from dqsuite.statistics.estimate import change, estimate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import Judgement, all_of
from dqsuite.statistics.orders import differ, highest, lowest

MODEL = "custom"
NOISES = ("0.05", "0.1", "0.15", "0.2", "0.25", "0.3")
LEVELS = ("0", *NOISES)


@claim(
    "lie1-airplane-stable",
    "10% noise hardly changes airplane",
    "the change of TPR(airplane) lies inside ±0.03",
)
def airplane_is_stable(measured: Measurements) -> Judgement:
    """Judge equivalence with clean data."""
    noisy, clean = measured.at(MODEL, noise("0.1")), measured.at(MODEL)
    return inside(recall_gain(noisy, clean, "airplane"), -0.03, 0.03)


@claim(
    "lie1-cat-dog-frog",
    "10% noise makes cats be taken for dogs less often, and dogs for frogs more often",
    "the change of C[cat,dog] below 0 and that of C[dog,frog] above 0",
)
def cat_dog_frog_shift(measured: Measurements) -> Judgement:
    """Follow two cells from clean data to noise."""
    noisy, clean = measured.at(MODEL, noise("0.1")), measured.at(MODEL)
    return all_of(
        [
            below(change(noisy.taken("cat", "dog"), clean.taken("cat", "dog")), label="cat as dog"),
            above(change(noisy.taken("dog", "frog"), clean.taken("dog", "frog")), label="dog as frog"),
        ]
    )


@claim(
    "lie1-unequal-resistance",
    "the classes do not resist noise equally",
    "the changes of TPR are not equal in all classes (ANOVA-type test), at 10, 20 and 30%",
)
def classes_resist_unequally(measured: Measurements) -> Judgement:
    """Compare the classes with each other at three levels."""
    clean = measured.at(MODEL)
    levels = ("0.1", "0.2", "0.3")
    return all_of([differ(recall_changes(measured.at(MODEL, noise(level)), clean)).named(level) for level in levels])


@claim(
    "lie1-cat-worst-noise",
    "cat is the least accurate class at every level of noise",
    "cat has the lowest TPR (every pairwise interval)",
    cases=grid(level=LEVELS),
)
def cat_is_lowest_under_noise(measured: Measurements, level: str) -> Judgement:
    """Compare cat with every other class."""
    return lowest(recalls(measured.at(MODEL, noise(level))), "cat")


@claim(
    "lie1-bird-most-hit",
    "bird loses the most TPR under noise",
    "bird has the most negative change of TPR (every pairwise interval)",
    cases=grid(level=NOISES),
    contradicts="lie2-cat-most-sensitive",
)
def bird_loses_most_under_noise(measured: Measurements, level: str) -> Judgement:
    """Compare bird's loss with that of every other class."""
    return lowest(recall_changes(measured.at(MODEL, noise(level)), measured.at(MODEL)), "bird")


@claim(
    "lie1-frog-truck-stable",
    "frog and truck are the stable classes under noise of up to 30%",
    "both are among the three classes with the smallest mean loss of TPR at 20% and at 30%",
)
def frog_and_truck_are_stable(measured: Measurements) -> Judgement:
    """Rank the losses at both levels."""
    clean = measured.at(MODEL)
    losses = {level: recall_changes(clean, measured.at(MODEL, noise(level))) for level in ("0.2", "0.3")}
    return each_among_lowest(losses, ("frog", "truck"), 3)


@claim(
    "lie1-bird-elbow",
    "bird breaks between 15% and 20% noise",
    "the drop of TPR(bird) from 15% to 20% minus the mean of the other five steps above 0",
)
def bird_breaks_at_20(measured: Measurements) -> Judgement:
    """Compare one step of 5% with the others."""
    curve = {level: measured.at(MODEL, noise(level)).recall("bird") for level in LEVELS}
    drops = {end: curve[start] - curve[end] for start, end in pairwise(LEVELS)}
    broken = drops.pop("0.2")
    return above(estimate(broken - np.mean(list(drops.values()), axis=0), low=-2, high=2))


@claim(
    "lie1-nonlinear",
    "TPR against noise is not a line, and differs by class",
    "the quadratic coefficient of bird: interval excludes 0; "
    "the slopes of the classes are not all equal (ANOVA-type test)",
)
def curves_bend_and_differ(measured: Measurements) -> Judgement:
    """Fit a parabola to bird, and a line to each class."""
    predictions = [measured.at(MODEL, noise(level)) for level in LEVELS]
    slopes = JointEstimate.of([_fitted(predictions, name, degree=1) for name in CIFAR10], CIFAR10)
    return all_of(
        [
            differs(estimate(_fitted(predictions, "bird", degree=2)), label="curvature of bird"),
            differ(slopes).named("slopes"),
        ]
    )


def _fitted(predictions: list[Predictions], name: str, degree: int) -> Scores:
    """Return scores whose mean is the leading coefficient of the least squares fit of TPR to the level of noise.

    The coefficient is a weighted sum of the TPRs, so the same sum of the scores (n, N) has all of its uncertainty.
    """
    leading = np.linalg.pinv(np.vander(np.array(LEVELS, float), degree + 1))[0]
    return np.asarray(np.tensordot(leading, [each.recall(name) for each in predictions], axes=1))


@claim(
    "lie1-look-alike",
    "cat and dog are the two classes that look most alike (our reading of the source's aim)",
    "C[a,b] + C[b,a] is largest for cat and dog, on clean data and at 30% noise",
)
def cat_and_dog_look_alike(measured: Measurements) -> Judgement:
    """Compare the confusions of one pair with those of every other."""
    found = {level: _pair_confusions(measured.at(MODEL, noise(level))) for level in ("0", "0.3")}
    return all_of([highest(pairs, "cat, dog").named(level) for level, pairs in found.items()])


def _pair_confusions(predictions: Predictions) -> JointEstimate:
    """Return ``C[a,b] + C[b,a]`` of each pair of classes, as a fraction of a class's images."""
    pairs = list(combinations(CIFAR10, 2))
    cells = JointEstimate.of([predictions.confusions(name) for name in CIFAR10], low=0, high=1)
    weights = np.zeros((len(CIFAR10), len(CIFAR10), len(pairs)))
    for column, pair in enumerate(pairs):
        one, other = (CIFAR10.index(name) for name in pair)
        weights[one, other, column] = weights[other, one, column] = 1
    return cells.combine(weights.reshape(cells.count, -1), [", ".join(pair) for pair in pairs])
