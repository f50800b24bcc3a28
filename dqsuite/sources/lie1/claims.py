"""lie1, "Can you Lie to your Model? (1/3)": one model, label noise and less data, class by class."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import (
    CIFAR10,
    directional,
    each_among_lowest,
    highest,
    indexes,
    lowest,
    lowest_in_order,
    noise,
    points,
    recall_changes,
    recalls,
    volume,
)
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics.criteria import Judgement, above, all_of, below, differs, friedman, inside
from dqsuite.statistics.estimate import estimate
from dqsuite.statistics.joint import JointEstimate

MODEL = "custom"
NOISES = ("0.05", "0.1", "0.15", "0.2", "0.25", "0.3")
LEVELS = ("0", *NOISES)
VOLUMES = ("0.8", "0.6", "0.4", "0.2", "0.1")
PAIRS = list(combinations(CIFAR10, 2))


@claim(
    "lie1-directional",
    "confusion has a direction: one class can be taken for another more often than the other for it",
    "for some pair C[a,b] - C[b,a] on clean data differs from 0 (Holm over 45); refuted if all lie inside ±10 in 1,000",
)
def confusion_is_directional(measured: Measurements) -> Judgement:
    """Compare the two directions of each pair of classes."""
    return directional(measured.at(MODEL))


@claim(
    "lie1-cat-deer",
    "on clean data cats are taken for deer more often than deer for cats",
    "C[cat,deer] - C[deer,cat] above 0",
)
def cat_for_deer(measured: Measurements) -> Judgement:
    """Compare the two directions of one pair."""
    clean = measured.at(MODEL)
    return above(estimate(clean.taken("cat", "deer"), -clean.taken("deer", "cat")))


@claim(
    "lie1-baseline-order",
    "on clean data cat is the least accurate class, then dog, then deer",
    "cat, dog and deer have the lowest TPR, in that order",
)
def cat_dog_deer_are_lowest(measured: Measurements) -> Judgement:
    """Order the classes by their TPR."""
    return lowest_in_order(recalls(measured.at(MODEL)), indexes("cat", "dog", "deer"))


@claim(
    "lie1-cats-as-frogs",
    "on clean data 82 of 1,000 cats are taken for frogs",
    "C[cat,frog] / 1000 inside .082 ± .03",
)
def cats_for_frogs(measured: Measurements) -> Judgement:
    """Compare one cell with the published one."""
    return inside(estimate(measured.at(MODEL).taken("cat", "frog")), 0.052, 0.112)


@claim(
    "lie1-airplane-stable",
    "10% noise hardly changes airplane",
    "the change of TPR(airplane) lies inside ±0.03",
)
def airplane_is_stable(measured: Measurements) -> Judgement:
    """Judge equivalence with clean data."""
    noisy, clean = measured.at(MODEL, noise("0.1")), measured.at(MODEL)
    return inside(estimate(noisy.recall("airplane") - clean.recall("airplane")), -0.03, 0.03)


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
            below(estimate(noisy.taken("cat", "dog") - clean.taken("cat", "dog")), label="cat as dog"),
            above(estimate(noisy.taken("dog", "frog") - clean.taken("dog", "frog")), label="dog as frog"),
        ]
    )


@claim(
    "lie1-unequal-resistance",
    "the classes do not resist noise equally",
    "Friedman's test of the changes of TPR, classes as treatments, repeats as blocks, p < .05 at 10, 20 and 30%",
)
def classes_resist_unequally(measured: Measurements) -> Judgement:
    """Test the classes against each other at three levels."""
    clean = measured.at(MODEL)
    return all_of(
        [
            friedman(recall_changes(measured.at(MODEL, noise(level)), clean), label=level)
            for level in ("0.1", "0.2", "0.3")
        ]
    )


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
    "lie1-10k-cheap",
    "dropping 10,000 of the 50,000 records costs about one point",
    "the change of accuracy at volume 0.8 lies inside [-2, 0] points",
)
def ten_thousand_are_cheap(measured: Measurements) -> Judgement:
    """Compare four fifths of the records with all of them."""
    return inside(estimate(points(measured.at(MODEL, volume("0.8")), measured.at(MODEL))), -2, 0, unit="points")


@claim(
    "lie1-bird-10k",
    "dropping 10,000 records costs bird about 50 more mistakes in 1,000",
    "the change of TPR(bird) at volume 0.8 lies inside [-0.08, -0.02]",
)
def ten_thousand_cost_bird(measured: Measurements) -> Judgement:
    """Compare bird at four fifths of the records with bird at all of them."""
    less, clean = measured.at(MODEL, volume("0.8")), measured.at(MODEL)
    return inside(estimate(less.recall("bird") - clean.recall("bird")), -0.08, -0.02)


@claim(
    "lie1-cat-worst-volume",
    "cat is the least accurate class at every volume, and bird loses the most",
    "cat has the lowest TPR and bird the most negative change of TPR (every pairwise interval)",
    cases=grid(kept=VOLUMES),
)
def cat_is_lowest_and_bird_loses_most(measured: Measurements, kept: str) -> Judgement:
    """Compare both with every other class."""
    less, clean = measured.at(MODEL, volume(kept)), measured.at(MODEL)
    return all_of([lowest(recalls(less), "cat"), lowest(recall_changes(less, clean), "bird")])


@claim(
    "lie1-noise20-vs-volume40",
    "20% noise and volume 0.4 hit cat and deer equally, and noise hits airplane and horse more",
    "TPR(noise .2) - TPR(volume .4) inside ±.03 for cat and deer, below 0 for airplane and horse",
)
def noise_against_volume(measured: Measurements) -> Judgement:
    """Compare two kinds of damage; the clean baseline that both are relative to cancels."""
    changes = recall_changes(measured.at(MODEL, noise("0.2")), measured.at(MODEL, volume("0.4")))
    return all_of(
        [
            *(inside(changes.estimate(CIFAR10.index(name)), -0.03, 0.03, label=name) for name in ("cat", "deer")),
            *(below(changes.estimate(CIFAR10.index(name)), label=name) for name in ("airplane", "horse")),
        ]
    )


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
    return above(estimate(broken - np.mean(list(drops.values()), axis=0)))


@claim(
    "lie1-nonlinear",
    "TPR against noise is not a line, and differs by class",
    "the quadratic coefficient of bird per repeat: interval excludes 0; "
    "Friedman's test of the slopes of the classes per repeat, p < .05",
)
def curves_bend_and_differ(measured: Measurements) -> Judgement:
    """Fit a parabola to bird, and a line to each class."""
    predictions = [measured.at(MODEL, noise(level)) for level in LEVELS]
    slopes = JointEstimate.of(_fitted(predictions, name, degree=1) for name in CIFAR10)
    return all_of(
        [
            differs(estimate(_fitted(predictions, "bird", degree=2)), 0, label="curvature of bird"),
            friedman(slopes, label="slopes"),
        ]
    )


def _fitted(predictions: list[Predictions], name: str, degree: int) -> Scores:
    """Return scores whose mean is the leading coefficient of the least squares fit of TPR to the level of noise.

    The coefficient is a weighted sum of the TPRs, so the same sum of the scores (n, N) has all of its uncertainty.
    """
    leading = np.linalg.pinv(np.vander(np.array(LEVELS, float), degree + 1))[0]
    return np.asarray(np.tensordot(leading, [each.recall(name) for each in predictions], axes=1))


@claim(
    "lie1-noise-worse-than-less",
    "20% noise is worse than 20% less data",
    "accuracy(noise .2) - accuracy(volume .8) below 0",
)
def noise_is_worse_than_less(measured: Measurements) -> Judgement:
    """Compare accuracies."""
    return below(estimate(points(measured.at(MODEL, noise("0.2")), measured.at(MODEL, volume("0.8")))), unit="points")


@claim(
    "lie1-noise-worse-each-class",
    "20% noise is worse than 20% less data for every class",
    "TPR(noise .2) - TPR(volume .8) below 0 for each class",
)
def noise_is_worse_for_each_class(measured: Measurements) -> Judgement:
    """Compare each class's TPR."""
    changes = recall_changes(measured.at(MODEL, noise("0.2")), measured.at(MODEL, volume("0.8")))
    return all_of([below(changes.estimate(index), label=name) for index, name in enumerate(CIFAR10)])


@claim(
    "lie1-different-ways",
    "noise and less data affect different classes in different ways",
    "Friedman's test over classes of TPR(noise .2) - TPR(volume .8), p < .05",
    contradicts="lie2-noise-like-volume",
)
def noise_and_less_differ_by_class(measured: Measurements) -> Judgement:
    """Test whether the difference of the two kinds of damage depends on the class."""
    return friedman(recall_changes(measured.at(MODEL, noise("0.2")), measured.at(MODEL, volume("0.8"))))


@claim(
    "lie1-order-shifts",
    "bird, better than dog on clean data, falls below dog at volume 0.1",
    "TPR(bird) - TPR(dog) above 0 on clean data and below 0 at volume 0.1",
)
def bird_falls_below_dog(measured: Measurements) -> Judgement:
    """Compare two classes at two volumes."""
    clean, less = measured.at(MODEL), measured.at(MODEL, volume("0.1"))
    return all_of(
        [
            above(estimate(clean.recall("bird"), -clean.recall("dog")), label="clean"),
            below(estimate(less.recall("bird"), -less.recall("dog")), label="volume 0.1"),
        ]
    )


@claim(
    "lie1-look-alike",
    "cat and dog are the two classes that look most alike (our reading of the source's aim)",
    "C[a,b] + C[b,a] is largest for cat and dog, on clean data and at 30% noise",
)
def cat_and_dog_look_alike(measured: Measurements) -> Judgement:
    """Compare the confusions of one pair with those of every other."""
    return all_of(
        [
            highest(_pair_confusions(measured.at(MODEL, noise(level))), "cat, dog", [", ".join(pair) for pair in PAIRS])
            for level in ("0", "0.3")
        ]
    )


def _pair_confusions(predictions: Predictions) -> JointEstimate:
    """Return ``C[a,b] + C[b,a]`` of each pair of classes, as a fraction of a class's images."""
    cells = JointEstimate.of(predictions.confusions(name) for name in CIFAR10)
    weights = np.zeros((len(CIFAR10), len(CIFAR10), len(PAIRS)))
    for column, (one, other) in enumerate(combinations(range(len(CIFAR10)), 2)):
        weights[one, other, column] = weights[other, one, column] = 1
    return cells.combine(weights.reshape(cells.count, -1))
