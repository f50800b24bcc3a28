"""lie2 under label noise: which model loses most, and which classes."""

from __future__ import annotations

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import CIFAR10, apart, control_of, noise, points, recall_changes, recalls
from dqsuite.results.predictions import Predictions
from dqsuite.statistics.criteria import above, below, lies_below
from dqsuite.statistics.estimate import Estimate, estimate
from dqsuite.statistics.judgement import Judgement, all_of, some_of
from dqsuite.statistics.orders import among_lowest, lowest, lowest_set

MODELS = ("lenet", "resnet18", "unresnet18", "googlenet")
DEEP = MODELS[1:]


@claim(
    "lie2-lenet-reacts-badly",
    "10% noise costs LeNet more accuracy than any other model",
    "the difference of the changes of accuracy below 0 against each",
)
def lenet_reacts_badly(measured: Measurements) -> Judgement:
    """Compare LeNet's change with that of each other model."""
    compared = _compared_losses(measured, "lenet", "0.1").items()
    return all_of([below(found, label=other, unit="points") for other, found in compared])


@claim(
    "lie2-googlenet-stable",
    "GoogLeNet loses the least accuracy at 10% noise (the level of 30% is ours)",
    "the difference of the changes of accuracy above 0 against each",
    cases=grid(level=("0.1", "0.3")),
)
def googlenet_is_stable(measured: Measurements, level: str) -> Judgement:
    """Compare GoogLeNet's change with that of each other model."""
    compared = _compared_losses(measured, "googlenet", level).items()
    return all_of([above(found, label=other, unit="points") for other, found in compared])


def _compared_losses(measured: Measurements, model: str, level: str) -> dict[str, Estimate]:
    """Return, for each other model, what noise changes in one model's accuracy beyond what it changes in that one's."""
    changes = {each: points(measured.at(each, noise(level)), measured.at(each)) for each in MODELS}
    own = changes.pop(model)
    return {other: estimate(own - change, low=-200, high=200) for other, change in changes.items()}


@claim(
    "lie2-weakest-noise10",
    "cat and bird are the two weakest classes at 10% noise, but for LeNet",
    "the TPRs of cat and bird lie below those of the other eight",
    cases=grid(model=DEEP),
)
def cat_and_bird_are_weakest_at_10(measured: Measurements, model: str) -> Judgement:
    """Split the classes in two."""
    return lowest_set(recalls(measured.at(model, noise("0.1"))), ["cat", "bird"])


@claim(
    "lie2-weakest-noise30",
    "at 30% noise cat, bird and dog are among the four weakest classes, and cat is the weakest, but for LeNet",
    "each of the three is among the four lowest TPRs; cat has the lowest, where the model is not LeNet",
    cases=grid(model=MODELS),
)
def cat_bird_and_dog_are_weak_at_30(measured: Measurements, model: str) -> Judgement:
    """Rank three classes; the source says nothing of the weakest one of LeNet."""
    rates = recalls(measured.at(model, noise("0.3")))
    weak = [among_lowest(rates, name, 4) for name in ("cat", "bird", "dog")]
    return all_of(weak if model == "lenet" else [*weak, lowest(rates, "cat")])


@claim(
    "lie2-second-weakest",
    "the second weakest class at 30% noise is bird or dog, but for LeNet",
    "cat, and no other class, has a TPR below the lower of those of bird and dog",
    cases=grid(model=DEEP),
)
def bird_or_dog_is_second_weakest(measured: Measurements, model: str) -> Judgement:
    """Compare cat with both, and each other class with either: which of the two is second does not matter."""
    predictions = measured.at(model, noise("0.3"))
    candidates = ("bird", "dog")
    others = [name for name in CIFAR10 if name not in ("cat", *candidates)]
    cat = [_is_below(predictions, "cat", name) for name in candidates]
    return all_of([*cat, *(some_of([_is_below(predictions, name, other) for name in candidates]) for other in others)])


def _is_below(predictions: Predictions, name: str, other: str) -> Judgement:
    return lies_below(apart(predictions.recall(name), predictions.recall(other)), label=f"{name} - {other}")


@claim(
    "lie2-noise-sensitive",
    "bird and cat are the most sensitive to noise",
    "their changes of TPR at 30% noise are the two most negative",
    cases=[*grid(model=MODELS), *grid(model=("lenet",), control=("plain",))],
    ours={"control": ("plain",)},
)
def bird_and_cat_are_sensitive(measured: Measurements, model: str, control: str = "") -> Judgement:
    """Split the classes in two by what they lose; as a control, without augmentation."""
    model = control_of(model, control)
    return lowest_set(recall_changes(measured.at(model, noise("0.3")), measured.at(model)), ["bird", "cat"])
