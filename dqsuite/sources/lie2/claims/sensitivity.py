"""lie2 on less data, and on whether the sensitive classes are the same for both kinds of damage, in every model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import CIFAR10, each_among_lowest, noise, recall_changes, recalls, volume
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics import ranks
from dqsuite.statistics.agreement import agreement
from dqsuite.statistics.judgement import Judgement, all_of
from dqsuite.statistics.orders import among_lowest, lowest, lowest_set

MODELS = ("lenet", "resnet18", "unresnet18", "googlenet")


@claim(
    "lie2-cat-most-sensitive",
    "cat is the most sensitive both to noise and to less data (custom model), then bird and dog",
    "the change of TPR(cat) is lowest at noise .3 and volume .1, those of bird and dog are next",
    contradicts="lie1-bird-most-hit",
)
def cat_is_most_sensitive(measured: Measurements) -> Judgement:
    """Judge both experiments; bird and dog may come in either order."""
    clean = measured.at("custom")
    changes = {where: recall_changes(measured.at("custom", where), clean) for where in (noise("0.3"), volume("0.1"))}
    first_three = ["cat", "bird", "dog"]
    return all_of(
        [
            part.named(where)
            for where, each in changes.items()
            for part in (lowest(each, "cat"), lowest_set(each, first_three))
        ]
    )


@claim(
    "lie2-sensitive-whatever-model",
    "the classes that lose most under noise are the same in every model",
    "Kendall's W of the ranks of the changes of TPR over models at 10% and 30% noise at least 0.7",
)
def the_same_classes_are_sensitive(measured: Measurements) -> Judgement:
    """Rank the classes in each model, at both levels."""
    conditions = (noise("0.1"), noise("0.3"))
    return all_of([_the_same_classes(measured, condition) for condition in conditions])


@claim(
    "lie2-volume-sensitive-whatever-model",
    "the classes that lose most with less data are the same in every model",
    "Kendall's W of the ranks of the changes of TPR over models at volume 0.4 and 0.1 at least 0.7",
)
def the_same_classes_need_data(measured: Measurements) -> Judgement:
    """Rank the classes in each model, at both volumes."""
    return all_of([_the_same_classes(measured, volume(kept)) for kept in ("0.4", "0.1")])


def _the_same_classes(measured: Measurements, condition: str) -> Judgement:
    """Judge that the models agree on which classes a condition hits."""
    changes = [recall_changes(measured.at(model, condition), measured.at(model)) for model in MODELS]
    return agreement(changes, 0.7, label=condition)


@claim(
    "lie2-volume-cat-bird",
    "at volume 0.4 and 0.1 cat and bird are the most affected in every model",
    "both are among the three most negative changes of TPR",
    cases=grid(model=MODELS, kept=("0.4", "0.1")),
)
def cat_and_bird_need_data(measured: Measurements, model: str, kept: str) -> Judgement:
    """Rank what the classes lose."""
    changes = recall_changes(measured.at(model, volume(kept)), measured.at(model))
    return all_of([among_lowest(changes, name, 3) for name in ("cat", "bird")])


@claim(
    "lie2-weakest-volume10",
    "at volume 0.1 cat and bird are among the three weakest classes of every model",
    "both are among the three lowest TPRs, in every model",
)
def cat_and_bird_are_weak_at_tenth(measured: Measurements) -> Judgement:
    """Rank both classes in each model."""
    rates = {model: recalls(measured.at(model, volume("0.1"))) for model in MODELS}
    return each_among_lowest(rates, ("cat", "bird"), 3)


@claim(
    "lie2-noise-like-volume",
    "the classes hit by noise are the ones hit by less data",
    "Spearman's correlation of the changes of TPR at 30% noise and at volume 0.1 at least 0.6, as (1 + it) / 2 = W at "
    "least 0.8; what is measured takes disjoint baseline repeats for the two changes (all splits in two)",
    cases=grid(model=MODELS),
    contradicts="lie1-different-ways",
)
def noise_is_like_volume(measured: Measurements, model: str) -> Judgement:
    """Judge W of the two orders of the classes, whose interval the shared baseline does not move.

    The correlation that is measured would be about .45 by the shared error of the baseline alone, so it is averaged
    over the splits of its repeats.
    """
    noisy, less, clean = measured.at(model, noise("0.3")), measured.at(model, volume("0.1")), measured.at(model)
    judged = agreement([recall_changes(noisy, clean), recall_changes(less, clean)], 0.8)
    return replace(judged, effect=(1 + _split_correlation(*(_rates(each) for each in (noisy, less, clean)))) / 2)


def _rates(predictions: Predictions) -> Scores:
    """Return the TPR of each class by repeat: (n, K)."""
    return np.stack([predictions.recall(name).mean(1) for name in CIFAR10], axis=1)


def _split_correlation(noisy: Scores, less: Scores, clean: Scores) -> float:
    """Return the mean of Spearman's correlation of both changes, each against its own half of the baseline."""
    pairs = [
        np.stack([noisy.mean(0) - clean[one].mean(0), less.mean(0) - clean[rest].mean(0)])
        for one, rest in _splits(len(clean))
    ]
    return float(ranks.spearman(np.stack(pairs)).mean())


def _splits(repeats: int) -> Iterator[tuple[list[int], list[int]]]:
    """Yield every split in two halves, or nearly, either way round; the only repeat stands on both sides."""
    for half in combinations(range(repeats), max(1, repeats // 2)):
        one, rest = list(half), [repeat for repeat in range(repeats) if repeat not in half]
        yield one, rest or one
        yield rest or one, one
