"""lie2 on clean data: accuracies, weak classes and confusions by model."""

from __future__ import annotations

import numpy as np

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import CIFAR10, accuracy, apart, directional, gain, negated, recalls
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics.agreement import agreement
from dqsuite.statistics.criteria import above, below, inside
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import Judgement, all_of
from dqsuite.statistics.orders import among_lowest, lowest, lowest_in_order, lowest_set

MODELS = ("lenet", "resnet18", "unresnet18", "googlenet")
DEEP = MODELS[1:]
PUBLISHED = {"custom": 88.94, "lenet": 66.6, "resnet18": 88.29, "unresnet18": 85.77, "googlenet": 88.6}
RATES_OF_OURS = {"lenet": "learning rate 0.01, ours, chosen by clean accuracy"}


@claim(
    "lie2-baselines",
    "clean accuracies: custom 88.94%, LeNet 66.6%, ResNet18 88.29%, UnResNet18 85.77%, GoogLeNet 88.6%",
    "mean accuracy within 4 points of the published one, or above it",
    cases=grid(model=tuple(PUBLISHED)),
    published=PUBLISHED,
)
def baseline_is_reached(measured: Measurements, model: str) -> Judgement:
    """Compare the accuracy with the published one."""
    return above(accuracy(measured.at(model)), PUBLISHED[model] - 4, label=RATES_OF_OURS.get(model, ""), unit="%")


@claim(
    "lie2-lenet-far-behind",
    "LeNet does much worse than the deeper models",
    "LeNet's accuracy is at least 10 points below that of every other model, lie1's among them",
)
def lenet_is_far_behind(measured: Measurements) -> Judgement:
    """Compare LeNet with each of the others."""
    lenet, others = measured.at("lenet"), ("custom", *DEEP)
    return all_of([below(gain(lenet, measured.at(model)), -10, label=model, unit="points") for model in others])


@claim(
    "lie2-skip-helps",
    "ResNet18 beats UnResNet18: skip connections help",
    "the difference of their accuracies above 0",
    published={"": PUBLISHED["resnet18"] - PUBLISHED["unresnet18"]},
)
def skip_connections_help(measured: Measurements) -> Judgement:
    """Compare the model with and without them."""
    return above(gain(measured.at("resnet18"), measured.at("unresnet18")), unit="points")


@claim(
    "lie2-worst-class-baseline",
    "on clean data dog is least accurate for ResNet18 and UnResNet18, cat for LeNet, both alike for GoogLeNet",
    "ResNet18, UnResNet18: dog has the lowest TPR; LeNet: cat; "
    "GoogLeNet: TPR(cat) - TPR(dog) inside ±.05 and both below the other eight",
)
def worst_class_depends_on_model(measured: Measurements) -> Judgement:
    """Put the statements on the four models together."""
    rates = {model: recalls(measured.at(model)) for model in MODELS}
    googlenet = measured.at("googlenet")
    alike = inside(apart(googlenet.recall("cat"), googlenet.recall("dog")), -0.05, 0.05, label="cat - dog")
    return all_of(
        [
            lowest(rates["resnet18"], "dog").named("resnet18"),
            lowest(rates["unresnet18"], "dog").named("unresnet18"),
            lowest(rates["lenet"], "cat").named("lenet"),
            alike.named("googlenet"),
            lowest_set(rates["googlenet"], ["cat", "dog"]).named("googlenet"),
        ]
    )


@claim(
    "lie2-bird-problematic-clean",
    "bird is problematic even on clean data",
    "bird is among the four classes of lowest TPR",
    cases=grid(model=MODELS),
)
def bird_is_weak_on_clean_data(measured: Measurements, model: str) -> Judgement:
    """Rank bird's TPR."""
    return among_lowest(recalls(measured.at(model)), "bird", 4)


@claim(
    "lie2-cat-as-dog-then-frog",
    "cats are mostly taken for dogs, then for frogs",
    "the two largest cells of the cat row off the diagonal are dog, then frog",
    cases=grid(model=MODELS),
)
def cats_for_dogs_then_frogs(measured: Measurements, model: str) -> Judgement:
    """Order the nine wrong predictions of cats."""
    return lowest_in_order(negated(_confusions(measured.at(model), "cat")), ["dog", "frog"])


@claim(
    "lie2-same-confusions",
    "the same classes are confused whatever the model",
    "Kendall's W of the 90 cells off the diagonal over models at least 0.7",
)
def models_confuse_the_same(measured: Measurements) -> Judgement:
    """Rank the cells of each model's confusion matrix on clean data."""
    return agreement([_all_confusions(measured.at(model)) for model in MODELS], 0.7)


def _confusions(predictions: Predictions, name: str) -> JointEstimate:
    """Return how often a class is taken for each of the others."""
    others = [other for other in CIFAR10 if other != name]
    return JointEstimate.of([_off_diagonal(predictions, name)], others, low=0, high=1)


def _all_confusions(predictions: Predictions) -> JointEstimate:
    """Return the 90 cells off the diagonal, as fractions of a class's images."""
    pairs = [f"{true} as {other}" for true in CIFAR10 for other in CIFAR10 if other != true]
    return JointEstimate.of([_off_diagonal(predictions, name) for name in CIFAR10], pairs, low=0, high=1)


def _off_diagonal(predictions: Predictions, name: str) -> Scores:
    """Return the row of a class without its right predictions: (n, N_class, K - 1)."""
    return np.delete(predictions.confusions(name), CIFAR10.index(name), axis=2)


@claim(
    "lie2-directional",
    "confusion has a direction in every model",
    "for some pair C[a,b] - C[b,a] on clean data differs from 0 (Holm over 45); refuted if all lie inside ±10 in 1,000",
    cases=grid(model=MODELS),
)
def confusion_is_directional(measured: Measurements, model: str) -> Judgement:
    """Compare the two directions of each pair of classes."""
    return directional(measured.at(model))
