"""lie3, "Can you Lie to your Model? (3/3)": noise against volume, five models, levels of 5% to 30%."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import CIFAR10, indexes, lowest, negated, noise, points, recall_changes
from dqsuite.results.predictions import Scores
from dqsuite.statistics.criteria import Judgement, above, all_of, among_lowest, below, count_above, friedman
from dqsuite.statistics.estimate import estimate, ratio
from dqsuite.statistics.joint import JointEstimate

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
    return below(
        estimate(points(measured.at(model, noise(level)), measured.at(model, f"reduce:{level}"))), unit="points"
    )


@claim(
    "lie3-impact-positive",
    "the Impact Index is positive for most classes in every model at 30%",
    "the mean over classes above 0, and at least 7 of 10 classes above 0, in every model",
)
def impact_is_mostly_positive(measured: Measurements) -> Judgement:
    """Judge the mean and the count in each model."""
    indices = {model: JointEstimate.of(_impacts(measured, model, "0.3").values()) for model in MODELS}
    return all_of([part for model, rates in indices.items() for part in _mostly_positive(rates, model)])


def _mostly_positive(rates: JointEstimate, model: str) -> list[Judgement]:
    mean = rates.combine(np.full((rates.count, 1), 1 / rates.count)).estimate(0)
    return [above(mean, label=f"{model}: mean"), count_above(rates, 7, label=f"{model}: classes")]


@claim(
    "lie3-most-affected",
    "cat, bird, deer and dog carry the highest impact, whatever the model",
    "the mean Impact Index over levels of the four minus that of the other six above 0, and all four in the top five",
    cases=grid(model=MODELS),
)
def four_classes_are_most_affected(measured: Measurements, model: str) -> Judgement:
    """Compare the four with the rest, and rank each of them."""
    impacts = [_impacts(measured, model, level) for level in LEVELS]
    rates = JointEstimate.of(np.mean([impact[name] for impact in impacts], axis=0) for name in CIFAR10)
    weights = np.array([1 / 4 if name in MOST_AFFECTED else -1 / 6 for name in CIFAR10])
    least = negated(rates)
    return all_of(
        [
            above(rates.combine(weights[:, None]).estimate(0), label="four - six"),
            *(among_lowest(least, index, 5, label=CIFAR10[index]) for index in indexes(*MOST_AFFECTED)),
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
    gains, losses = recall_changes(less, clean), recall_changes(noisy, clean)
    return all_of(
        [
            *(above(gains.estimate(CIFAR10.index(name)), label=name) for name in ("truck", "ship", "deer", "frog")),
            *(below(losses.estimate(index), label=f"{name} under noise") for index, name in enumerate(CIFAR10)),
        ]
    )


def _bird_health(measured: Measurements, reading: str, model: str, level: str) -> Scores:
    """Return bird's TPR under noise, or minus its Impact Index: either way, the lower the weaker."""
    if reading == "recall":
        return measured.at(model, noise(level)).recall("bird")
    return -_impacts(measured, model, level)["bird"]


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
        parts += [below(estimate(health["lenet"] - health[other]), label=f"{other}, {level}") for other in OTHERS]
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
    return all_of(
        [below(estimate(lenet - _bird_health(measured, reading, model, "0.3")), label=model) for model in OTHERS]
    )


@claim(
    "lie3-model-matters",
    "models cope differently with noise, LeNet worst",
    "Friedman's test over models of the accuracy loss at 30% noise, repeats as blocks, p < .05; LeNet's loss largest",
)
def models_cope_differently(measured: Measurements) -> Judgement:
    """Test the models against each other, and compare LeNet with each."""
    changes = JointEstimate.of(
        [np.stack([points(measured.at(model, noise("0.3")), measured.at(model)) for model in MODELS], -1)]
    )
    return all_of([friedman(changes, label="models differ"), lowest(changes, "lenet", MODELS)])


@claim(
    "lie3-data-beats-model",
    "the quality of the data drives accuracy more than the choice of the model",
    "the mean loss from 0 to 30% noise exceeds the range of the clean accuracies over models",
)
def data_beats_model(measured: Measurements) -> Judgement:
    """Judge that the loss exceeds the clean difference of any two models, the largest of which is their range."""
    clean = {model: measured.at(model) for model in MODELS}
    loss = np.mean([points(clean[model], measured.at(model, noise("0.3"))) for model in MODELS], axis=0)
    return all_of(
        [
            above(estimate(loss - points(clean[one], clean[other])), label=f"{one} - {other}", unit="points")
            for one, other in permutations(MODELS, 2)
        ]
    )
