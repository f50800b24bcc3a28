"""lie3, "Can you Lie to your Model? (3/3)": noise against volume, five models, levels of 5% to 30%."""

from __future__ import annotations

from itertools import permutations
from math import inf

import numpy as np

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import CIFAR10, gain, negated, noise, points, recall_gain
from dqsuite.results.predictions import Scores
from dqsuite.statistics.criteria import above, below
from dqsuite.statistics.estimate import Estimate, estimate, ratio
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import Judgement, all_of
from dqsuite.statistics.orders import among_lowest, count_above, differ, lowest

MODELS = ("custom", "lenet", "resnet18", "unresnet18", "googlenet")
OTHERS = tuple(model for model in MODELS if model != "lenet")
LEVELS = ("0.05", "0.1", "0.15", "0.2", "0.25", "0.3")
MOST_AFFECTED = ("cat", "bird", "deer", "dog")
READINGS = ("recall", "impact")


def _impacts(measured: Measurements, model: str, level: str) -> dict[str, Scores]:
    """Return scores (n, N_class) for each class whose mean is its Impact Index, ``(TPR_d - TPR_n) / TPR_0``.

    n is noise and d reduction at the level, 0 clean data. Above 0, noise hurt the class more than less data did.
    """
    noisy, less, clean = measured.at(model, noise(level)), measured.at(model, f"reduce:{level}"), measured.at(model)
    return {name: ratio(less.recall(name) - noisy.recall(name), clean.recall(name)) for name in CIFAR10}


@claim(
    "lie3-noise-hurts-more",
    "bad labels hurt more than fewer labels, whatever the model and level",
    "accuracy(noise x) - accuracy(reduction x) below 0",
    cases=grid(model=MODELS, level=LEVELS),
)
def noise_hurts_more(measured: Measurements, model: str, level: str) -> Judgement:
    """Compare label noise with as much less data."""
    return below(gain(measured.at(model, noise(level)), measured.at(model, f"reduce:{level}")), unit="points")


@claim(
    "lie3-impact-positive",
    "the Impact Index is positive for most classes in every model at 30%",
    "the mean over classes above 0, and at least 7 of 10 classes above 0, in every model",
)
def impact_is_mostly_positive(measured: Measurements) -> Judgement:
    """Judge the mean and the count in each model."""
    parts = {model: _mostly_positive(_impacts(measured, model, "0.3")) for model in MODELS}
    return all_of([part.named(model) for model, both in parts.items() for part in both])


def _mostly_positive(impacts: dict[str, Scores]) -> list[Judgement]:
    rates = JointEstimate.of(impacts.values(), list(impacts))
    mean = rates.combine(np.full((rates.count, 1), 1 / rates.count)).estimate(0)
    return [above(mean, label="mean"), count_above(rates, 7)]


@claim(
    "lie3-most-affected",
    "cat, bird, deer and dog carry the highest impact, whatever the model",
    "the mean Impact Index over levels of the four minus that of the other six above 0, and all four in the top five",
    cases=grid(model=MODELS),
)
def four_classes_are_most_affected(measured: Measurements, model: str) -> Judgement:
    """Compare the four with the rest, and rank each of them."""
    impacts = [_impacts(measured, model, level) for level in LEVELS]
    rates = JointEstimate.of([np.mean([impact[name] for impact in impacts], axis=0) for name in CIFAR10], CIFAR10)
    weights = np.array([1 / 4 if name in MOST_AFFECTED else -1 / 6 for name in CIFAR10])
    least = negated(rates)
    return all_of(
        [
            above(rates.combine(weights[:, None]).estimate(0), label="four - six"),
            *(among_lowest(least, name, 5) for name in MOST_AFFECTED),
        ]
    )


@claim(
    "lie3-reduction-benefits",
    "custom model: 30% less data raises the TPR of truck, ship, deer and frog; 30% noise raises none",
    "the change of TPR at reduction 30% above 0 for each of the four, at noise 30% below 0 for all ten",
)
def reduction_benefits_some(measured: Measurements) -> Judgement:
    """Judge four classes with less data, and all of them with noise."""
    less, noisy, clean = measured.at("custom", "reduce:0.3"), measured.at("custom", noise("0.3")), measured.at("custom")
    gains = [above(recall_gain(less, clean, name), label=name) for name in ("truck", "ship", "deer", "frog")]
    losses = [below(recall_gain(noisy, clean, name), label=f"{name} under noise") for name in CIFAR10]
    return all_of([*gains, *losses])


def _bird_health(measured: Measurements, reading: str, model: str, level: str) -> Scores:
    """Return bird's TPR under noise, or minus its Impact Index: either way, the lower the weaker."""
    if reading == "recall":
        return measured.at(model, noise(level)).recall("bird")
    return -_impacts(measured, model, level)["bird"]


def _against(health: Scores, other: Scores, reading: str) -> Estimate:
    """Return the difference of what `_bird_health` returns of two models."""
    end = 1 if reading == "recall" else inf
    return estimate(health - other, low=-end, high=end)


@claim(
    "lie3-lenet-weakest-bird",
    "LeNet is the weakest model for bird at every level of noise",
    "two readings: LeNet's TPR(bird) is the lowest of all models at every level; its Impact Index of bird the highest",
    cases=grid(reading=READINGS),
)
def lenet_is_weakest_for_bird(measured: Measurements, reading: str) -> Judgement:
    """Compare LeNet with each other model at each level."""
    parts = []
    for level in LEVELS:
        health = {model: _bird_health(measured, reading, model, level) for model in MODELS}
        behind = {other: _against(health["lenet"], health[other], reading) for other in OTHERS}
        parts += [below(found, label=f"{other}, {level}") for other, found in behind.items()]
    return all_of(parts)


@claim(
    "lie3-lenet-bird-5-vs-30",
    "LeNet's bird at 5% noise is worse than any other model's at 30%",
    "two readings: LeNet's TPR(bird) at 5% below that of each other model at 30%; its Impact Index of bird above",
    cases=grid(reading=READINGS),
)
def lenet_at_5_is_worse_than_others_at_30(measured: Measurements, reading: str) -> Judgement:
    """Compare LeNet at the lowest level with each other model at the highest."""
    lenet = _bird_health(measured, reading, "lenet", "0.05")
    others = {model: _bird_health(measured, reading, model, "0.3") for model in OTHERS}
    return all_of([below(_against(lenet, health, reading), label=model) for model, health in others.items()])


@claim(
    "lie3-model-matters",
    "models cope differently with noise, LeNet worst",
    "the changes of accuracy at 30% noise are not equal in all models (ANOVA-type test); LeNet's loss is the largest",
)
def models_cope_differently(measured: Measurements) -> Judgement:
    """Test the models against each other, and compare LeNet with each."""
    changes = JointEstimate.of(
        [np.stack([points(measured.at(model, noise("0.3")), measured.at(model)) for model in MODELS], -1)],
        MODELS,
        low=-100,
        high=100,
    )
    return all_of([differ(changes), lowest(changes, "lenet")])


@claim(
    "lie3-data-beats-model",
    "the quality of the data drives accuracy more than the choice of the model",
    "the mean loss from 0 to 30% noise exceeds the range of the clean accuracies over models",
)
def data_beats_model(measured: Measurements) -> Judgement:
    """Judge that the loss exceeds the clean difference of any two models, the largest of which is their range."""
    clean = {model: measured.at(model) for model in MODELS}
    loss = np.mean([points(clean[model], measured.at(model, noise("0.3"))) for model in MODELS], axis=0)
    beyond = {pair: loss - points(*(clean[model] for model in pair)) for pair in permutations(MODELS, 2)}
    return all_of(
        [
            above(estimate(scores, low=-200, high=200), label=" - ".join(pair), unit="points")
            for pair, scores in beyond.items()
        ]
    )


@claim(
    "lie3-bad-cats-hurt-more",
    "bad cat data hurts every model more than bad frog or truck data",
    "the accuracy with 30% wrong labels among cats (our protocol: 3% of all labels) below that with as many among "
    "frogs, and among trucks",
    cases=grid(model=MODELS),
)
def bad_cats_hurt_more(measured: Measurements, model: str) -> Judgement:
    """Compare directly: the clean baseline is the same on both sides. The recall of the class itself stands beside."""
    bad = {name: measured.at(model, f"wrong:0.3;classes={CIFAR10.index(name)}") for name in ("cat", "frog", "truck")}
    own = ", ".join(f"{name} {found.recall(name).mean():.3f}" for name, found in bad.items())
    parts = [below(gain(bad["cat"], bad[name]), label=f"cat - {name}", unit="points") for name in ("frog", "truck")]
    return all_of(parts).named(f"recall of the class itself: {own}")


@claim(
    "lie3-harder-to-fix",
    "models trained on bad data are harder to fix than ones that need more of it",
    "our protocol: trained at 30% noise, then on the clean set for a fifth of the epochs; beside it trained at volume "
    "0.7, with as many updates, then on the whole set as long: the difference of the two accuracies below 0",
    cases=grid(model=MODELS),
)
def bad_data_is_harder_to_fix(measured: Measurements, model: str) -> Judgement:
    """Compare what is left of both kinds of damage after as much repair."""
    noisy, less = measured.at(f"{model}-repaired", noise("0.3")), measured.at(f"{model}-repaired", "reduce:0.3")
    return below(gain(noisy, less), label="30% noise - volume 0.7, both repaired", unit="points")
