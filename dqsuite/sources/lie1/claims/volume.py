"""lie1 with less data, and beside label noise."""

from __future__ import annotations

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import (
    CIFAR10,
    apart,
    gain,
    noise,
    recall_changes,
    recall_gain,
    recalls,
    volume,
)
from dqsuite.statistics.criteria import above, below, inside
from dqsuite.statistics.judgement import Judgement, all_of
from dqsuite.statistics.orders import differ, lowest

MODEL = "custom"
VOLUMES = ("0.8", "0.6", "0.4", "0.2", "0.1")


@claim(
    "lie1-10k-cheap",
    "dropping 10,000 of the 50,000 records costs about one point",
    "the change of accuracy at volume 0.8 lies inside [-2, 0] points",
)
def ten_thousand_are_cheap(measured: Measurements) -> Judgement:
    """Compare four fifths of the records with all of them."""
    return inside(gain(measured.at(MODEL, volume("0.8")), measured.at(MODEL)), -2, 0, unit="points")


@claim(
    "lie1-bird-10k",
    "dropping 10,000 records costs bird about 50 more mistakes in 1,000",
    "the change of TPR(bird) at volume 0.8 lies inside [-0.08, -0.02]",
)
def ten_thousand_cost_bird(measured: Measurements) -> Judgement:
    """Compare bird at four fifths of the records with bird at all of them."""
    less, clean = measured.at(MODEL, volume("0.8")), measured.at(MODEL)
    return inside(recall_gain(less, clean, "bird"), -0.08, -0.02)


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
    "lie1-order-shifts",
    "bird, better than dog on clean data, falls below dog at volume 0.1",
    "TPR(bird) - TPR(dog) above 0 on clean data and below 0 at volume 0.1",
)
def bird_falls_below_dog(measured: Measurements) -> Judgement:
    """Compare two classes at two volumes."""
    clean, less = measured.at(MODEL), measured.at(MODEL, volume("0.1"))
    return all_of(
        [
            above(apart(clean.recall("bird"), clean.recall("dog")), label="clean"),
            below(apart(less.recall("bird"), less.recall("dog")), label="volume 0.1"),
        ]
    )


@claim(
    "lie1-noise20-vs-volume40",
    "20% noise and volume 0.4 hit cat and deer equally, and noise hits airplane and horse more",
    "TPR(noise .2) - TPR(volume .4) inside ±.03 for cat and deer, below 0 for airplane and horse",
)
def noise_against_volume(measured: Measurements) -> Judgement:
    """Compare two kinds of damage; the clean baseline that both are relative to cancels."""
    noisy, less = measured.at(MODEL, noise("0.2")), measured.at(MODEL, volume("0.4"))
    alike = [inside(recall_gain(noisy, less, name), -0.03, 0.03, label=name) for name in ("cat", "deer")]
    return all_of([*alike, *(below(recall_gain(noisy, less, name), label=name) for name in ("airplane", "horse"))])


@claim(
    "lie1-noise-worse-than-less",
    "20% noise is worse than 20% less data",
    "accuracy(noise .2) - accuracy(volume .8) below 0",
)
def noise_is_worse_than_less(measured: Measurements) -> Judgement:
    """Compare accuracies."""
    return below(gain(measured.at(MODEL, noise("0.2")), measured.at(MODEL, volume("0.8"))), unit="points")


@claim(
    "lie1-noise-worse-each-class",
    "20% noise is worse than 20% less data for every class",
    "TPR(noise .2) - TPR(volume .8) below 0 for each class",
)
def noise_is_worse_for_each_class(measured: Measurements) -> Judgement:
    """Compare each class's TPR."""
    noisy, less = measured.at(MODEL, noise("0.2")), measured.at(MODEL, volume("0.8"))
    return all_of([below(recall_gain(noisy, less, name), label=name) for name in CIFAR10])


@claim(
    "lie1-different-ways",
    "noise and less data affect different classes in different ways",
    "TPR(noise .2) - TPR(volume .8) is not equal in all classes (ANOVA-type test)",
    contradicts="lie2-noise-like-volume",
)
def noise_and_less_differ_by_class(measured: Measurements) -> Judgement:
    """Test whether the difference of the two kinds of damage depends on the class."""
    return differ(recall_changes(measured.at(MODEL, noise("0.2")), measured.at(MODEL, volume("0.8"))))
