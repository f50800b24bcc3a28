"""He et al. 2019, "From data quality to model quality": classes, size, labels and images, judged at the last epoch."""

from __future__ import annotations

from itertools import pairwise
from math import log2

import numpy as np

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.questions import reported
from dqsuite.claims.statements import points
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics.criteria import Judgement, above, all_of, below, friedman, inside, some_of
from dqsuite.statistics.estimate import Estimate, estimate
from dqsuite.statistics.joint import JointEstimate

DATA = {"lenet5": "mnist", "resnet20": "cifar10", "nin": "cifar10"}
CIFAR_MODELS = ("resnet20", "nin")
OPERATIONS = ("drop_class", "relabel_class")
CLASSES = tuple(str(index) for index in range(10))
SALT_AND_PEPPER = ("0.05", "0.1", "0.2", "0.3", "0.4")
GAMMAS = ("0.25", "0.5", "2", "4")


@claim(
    "he-mnist-drop-class",
    "MNIST: deleting any one class lowers the test accuracy markedly",
    "difference of accuracy below -5 points (nearly so by construction: the absent class is a tenth of the test set)",
    cases=grid(digit=CLASSES),
)
def mnist_drop_class(measured: Measurements, digit: str) -> Judgement:
    """Compare with the clean model; the nine other classes stand beside it."""
    dropped, clean = _at(measured, "lenet5", f"drop_class:{digit}"), _at(measured, "lenet5")
    gain = points(dropped, clean)
    others = gain[:, clean.truth != int(digit)].mean()
    return below(estimate(gain), -5, label=f"without {digit}; {others:+.2f} on the nine others", unit="points")


@claim(
    "he-cifar-drop-class-all-suffer",
    "CIFAR-10: deleting or relabelling one class harms all the other classes",
    "difference of TPR below 0 for each of the nine others",
    cases=grid(operation=OPERATIONS, model=CIFAR_MODELS, changed=CLASSES),
)
def all_other_classes_suffer(measured: Measurements, operation: str, model: str, changed: str) -> Judgement:
    """Compare the TPR of the nine classes that were not changed."""
    after, clean = _at(measured, model, f"{operation}:{changed}"), _at(measured, model)
    others = [name for index, name in enumerate(clean.classes) if index != int(changed)]
    return all_of(
        [
            below(estimate(100 * (after.recall(name) - clean.recall(name))), label=f"TPR of {name}", unit="points")
            for name in others
        ]
    )


@claim(
    "he-drop-equals-relabel",
    "deleting a class and relabelling it as another cost about the same accuracy",
    "accuracy(deleted) - accuracy(relabelled), mean over classes, inside ±1.5 points",
    cases=grid(model=tuple(DATA)),
)
def dropping_equals_relabelling(measured: Measurements, model: str) -> Judgement:
    """Average over the ten classes changed, on every test image, before the difference is judged."""
    dropped, relabelled = (_mean_over_classes(measured, model, operation) for operation in OPERATIONS)
    return inside(estimate(100 * (dropped - relabelled)), -1.5, 1.5, label="deleted - relabelled", unit="points")


@claim(
    "he-drop-depends-on-class",
    "the cost of a deleted class depends on which class it is",
    "Friedman over deleted classes of the mean difference of TPR of the other classes, repeats as blocks, p < .05",
    cases=grid(model=tuple(DATA)),
)
def cost_depends_on_the_class(measured: Measurements, model: str) -> Judgement:
    """Average the nine other classes for each deleted class; the treatments are the ten deleted classes."""
    clean = _at(measured, model)
    dropped = [_at(measured, model, f"drop_class:{index}") for index in CLASSES]
    rates = JointEstimate.of(
        np.stack([predictions.recall(name) - clean.recall(name) for predictions in dropped], axis=2)
        for name in clean.classes
    )
    return friedman(rates.combine(_mean_of_others(len(CLASSES))), label="deleted classes")


@claim(
    "he-label-diff-map",
    "which test labels change when a class is deleted or relabelled (figures 2, 3)",
    "a figure: counts of test images whose predicted label differs from the clean model's, class by class",
    cases=grid(operation=OPERATIONS, model=tuple(DATA), changed=CLASSES),
)
def labels_that_change(measured: Measurements, operation: str, model: str, changed: str) -> Judgement:
    """Report the share of all test images, and the mean count over repeats of each true class."""
    after, clean = _at(measured, model, f"{operation}:{changed}"), _at(measured, model)
    differs = after.predicted != clean.predicted
    counts = [
        f"{name} {differs[:, clean.truth == index].sum(1).mean():.0f}" for index, name in enumerate(clean.classes)
    ]
    return reported(estimate(100 * differs), f"images predicted otherwise: {', '.join(counts)}", "%")


@claim(
    "he-mnist-size-mild",
    "MNIST: the size of the training set matters little (the abstract speaks of a decisive impact of all four aspects)",
    "accuracy at volume 0.2 within 2 points of that of the full set",
)
def mnist_size_matters_little(measured: Measurements) -> Judgement:
    """Compare a fifth of the training set with all of it."""
    return inside(_change(measured, "lenet5", "reduce:0.8"), -2, 2, label="volume 0.2 - full", unit="points")


_SPANS = {"images": (7.5, 40.0), "doublings": (2.0, log2(5))}  # from 2.5k to 10k, from 10k to 50k


@claim(
    "he-cifar-10k-knee",
    "CIFAR-10: accuracy drops sharply below 10,000 training images, and grows little above",
    "ResNet-20: slope over 2.5k to 10k minus twice the slope over 10k to 50k above 0, per 1,000 images and per "
    "doubling; NIN: accuracy(10k) - accuracy(5k) above 5 points",
    cases=[{"model": "resnet20", "by": "images"}, {"model": "resnet20", "by": "doublings"}, {"model": "nin"}],
)
def knee_at_10k(measured: Measurements, model: str, by: str = "") -> Judgement:
    """Take each slope between the two ends of its span; NIN has a difference instead."""
    if not by:
        return above(_change(measured, model, "reduce:0.8", "reduce:0.9"), 5, label="10k - 5k", unit="points")
    at_2500, at_10k, at_50k = (_at(measured, model, condition) for condition in ("reduce:0.95", "reduce:0.8", "clean"))
    below_knee, above_knee = _SPANS[by]
    bend = points(at_10k, at_2500) / below_knee - 2 * points(at_50k, at_10k) / above_knee
    unit = {"images": "points per 1,000 images", "doublings": "points per doubling"}[by]
    return above(estimate(bend), label="slope below 10k - twice the slope above", unit=unit)


@claim(
    "he-more-is-better",
    "the larger the data set, the better",
    "ResNet-20: accuracy rises with each doubling from 6,250 to 50,000 images",
)
def more_is_better(measured: Measurements) -> Judgement:
    """Compare each size with half of it."""
    sizes = {"6,250": "reduce:0.875", "12,500": "reduce:0.75", "25,000": "reduce:0.5", "50,000": "clean"}
    return all_of(
        [
            above(_change(measured, "resnet20", more, less), label=f"to {size} images", unit="points")
            for (_, less), (size, more) in pairwise(sizes.items())
        ]
    )


@claim(
    "he-label-20-intolerable",
    "over 20% wrong labels: test accuracy rises early, then falls, and never regains its early peak",
    "at 30 to 60%: accuracy at the peak epoch, chosen on other repeats than it is scored on, minus the mean of the "
    "last 5 epochs above 2 points, the peak in the first half of training; at 10% below 2 points",
    cases=grid(model=CIFAR_MODELS, level=("0.1", "0.3", "0.4", "0.5", "0.6")),
    contradicts="poisoning-robust-half",
)
def never_regains_its_peak(measured: Measurements, model: str, level: str) -> Judgement:
    """Choose the peak epoch of each repeat on the mean curve of the others, and score it on its own curve.

    The row chooses it on half of the test set; what is stored of each epoch is the accuracy on all of it. Either way
    no accuracy is scored by what chose it. Of the images, the stored predictions of the best and the last epoch tell
    how much another test set would matter. Where the peak lies needs no such care: it is each curve's own.
    """
    best, last = (measured.at(model, f"wrong:{level}", data=DATA[model], epoch=epoch) for epoch in ("best", "last"))
    scores = best.right() - last.right()
    falls = scores - scores.mean(1, keepdims=True) + _falls(last.accuracy_curves)[:, None]
    fall = estimate(100 * falls)
    if level == "0.1":
        return below(fall, 2, label="peak - last five epochs", unit="points")
    early = below(estimate(_peak_positions(last.accuracy_curves)[:, None]), 0.5, label="peak epoch", unit="of training")
    return all_of([above(fall, 2, label="peak - last five epochs", unit="points"), early])


@claim(
    "he-label-most-harmful",
    "of the four aspects, label errors hurt most (CIFAR-10)",
    "difference of accuracy at 20% wrong labels below that at volume 0.8; below that with sigma = 16 on every image; "
    "and, on 10% of the records each, 10% wrong labels below one class deleted (mean over classes)",
    cases=grid(opponent=("size", "images", "classes"), model=CIFAR_MODELS),
)
def labels_hurt_most(measured: Measurements, opponent: str, model: str) -> Judgement:
    """Compare directly: the clean baseline is the same on both sides."""
    if opponent == "classes":
        wrong, other = _at(measured, model, "wrong:0.1").right(), _mean_over_classes(measured, model, "drop_class")
    else:
        condition = {"size": "reduce:0.2", "images": "gaussian:16"}[opponent]
        wrong, other = _at(measured, model, "wrong:0.2").right(), _at(measured, model, condition).right()
    return below(estimate(100 * (wrong - other)), label=f"wrong labels - {opponent}", unit="points")


@claim(
    "he-mnist-label-collapse",
    "MNIST falls to about 90% and then to chance at 15% wrong labels",
    "accuracy at the last epoch at 15% wrong labels, random or set to class 0, below 20%; shown at 1 to 20%",
    cases=grid(kind=("wrong", "to_class")),
    contradicts="poisoning-mnist-80",
)
def mnist_collapses(measured: Measurements, kind: str) -> Judgement:
    """Judge 15%; the other levels are for the eye."""
    levels = {percent: _at(measured, "lenet5", f"{kind}:{percent / 100}").right() for percent in range(1, 21)}
    shown = " ".join(f"{100 * scores.mean():.1f}" for scores in levels.values())
    return below(estimate(100 * levels[15]), 20, label=f"at 15%; at 1 to 20%: {shown}", unit="%")


@claim(
    "he-contrast-asymmetric",
    "MNIST: weaker contrast costs little (98 to 95), stronger contrast costs much (98 to 67)",
    "the loss with contrast x 2 exceeds that with contrast x 0.5 by 5 points",
)
def stronger_contrast_costs_more(measured: Measurements) -> Judgement:
    """Compare directly: the clean baseline is the same on both sides."""
    difference = _change(measured, "lenet5", "contrast:0.5", "contrast:2")
    return above(difference, 5, label="weaker - stronger contrast", unit="points")


@claim(
    "he-gauss-small-helps",
    "Gaussian noise of sigma 2 raises the test accuracy slightly; 8 and 16 lower it",
    "difference of accuracy above 0 at sigma = 2, below 0 at 8 and 16",
    cases=grid(model=CIFAR_MODELS),
)
def little_gaussian_noise_helps(measured: Measurements, model: str) -> Judgement:
    """Judge the three signs."""
    little, more, most = (_change(measured, model, f"gaussian:{sigma}") for sigma in (2, 8, 16))
    return all_of(
        [
            above(little, label="sigma 2", unit="points"),
            below(more, label="sigma 8", unit="points"),
            below(most, label="sigma 16", unit="points"),
        ]
    )


@claim(
    "he-gauss-small-pictures",
    "Gaussian noise harms small pictures more than large ones",
    "ResNet-20: difference of accuracy at sigma = 16 at 32x32 below that at 64x64, upsampled before the noise "
    "(protocol ours)",
)
def small_pictures_suffer_more(measured: Measurements) -> Judgement:
    """Compare the two losses, paired: the large pictures are the small ones upsampled."""
    small, large = (
        points(measured.at("resnet20", "gaussian:16", data=data), measured.at("resnet20", data=data))
        for data in ("cifar10", "cifar10;size=64")
    )
    return below(estimate(small - large), label="32x32 - 64x64", unit="points")


@claim(
    "he-salt-pepper-no-help",
    "salt-and-pepper noise never helps; over 0.2 it does great damage",
    "upper bound of the difference of accuracy at most +0.5 point at every a; below -5 points at a = 0.3 and 0.4",
    cases=grid(model=CIFAR_MODELS),
    contradicts="he-salt-pepper-can-help",
)
def salt_and_pepper_never_helps(measured: Measurements, model: str) -> Judgement:
    """Judge every amount; those over 0.2 have a bound of their own, which includes the other."""
    bounds = {amount: -5 if float(amount) > 0.2 else 0.5 for amount in SALT_AND_PEPPER}
    return all_of(
        [
            below(_change(measured, model, f"salt_pepper:{amount}"), bound, label=f"a = {amount}", unit="points")
            for amount, bound in bounds.items()
        ]
    )


@claim(
    "he-salt-pepper-can-help",
    "the same paper's remarks: salt-and-pepper noise can raise the test accuracy",
    "difference of accuracy above 0 at some a, after Holm over five",
    cases=grid(model=CIFAR_MODELS),
    contradicts="he-salt-pepper-no-help",
)
def salt_and_pepper_can_help(measured: Measurements, model: str) -> Judgement:
    """Look for one amount that helps."""
    return some_of(
        [
            above(_change(measured, model, f"salt_pepper:{amount}"), label=f"a = {amount}", unit="points")
            for amount in SALT_AND_PEPPER
        ]
    )


@claim(
    "he-gamma-symmetric",
    "brightness hurts about symmetrically; darkening slightly more than brightening",
    "difference(4) - difference(0.25) and difference(2) - difference(0.5) each inside (-3, 0) points",
    cases=grid(model=CIFAR_MODELS),
)
def brightness_hurts_symmetrically(measured: Measurements, model: str) -> Judgement:
    """Compare each darkening with the equal brightening: a gamma above 1 darkens."""
    changes = {
        f"gamma {dark} - {bright}": _change(measured, model, f"gamma:{dark}", f"gamma:{bright}")
        for dark, bright in (("4", "0.25"), ("2", "0.5"))
    }
    return all_of([inside(change, -3, 0, label=label, unit="points") for label, change in changes.items()])


@claim(
    "he-brightness-no-help",
    "changing the brightness does not help",
    "upper bound of the difference of accuracy at most +0.5 point at every gamma",
    cases=grid(model=CIFAR_MODELS),
    contradicts="he-brightness-helps",
)
def brightness_does_not_help(measured: Measurements, model: str) -> Judgement:
    """Judge every gamma."""
    return all_of(
        [
            below(_change(measured, model, f"gamma:{gamma}"), 0.5, label=f"gamma {gamma}", unit="points")
            for gamma in GAMMAS
        ]
    )


@claim(
    "he-brightness-helps",
    "the introduction says that changing the brightness seems helpful",
    "difference of accuracy above 0 at some gamma, after Holm",
    cases=grid(model=CIFAR_MODELS),
    contradicts="he-brightness-no-help",
)
def brightness_helps(measured: Measurements, model: str) -> Judgement:
    """Look for one gamma that helps."""
    return some_of(
        [above(_change(measured, model, f"gamma:{gamma}"), label=f"gamma {gamma}", unit="points") for gamma in GAMMAS]
    )


@claim(
    "he-image-noise-mildest",
    "noise in the images harms least of the aspects (CIFAR-10)",
    "difference of accuracy at sigma = 8 and at a = 0.05 above those at 20% wrong labels, volume 0.8 and one class "
    "deleted (mean over classes)",
    cases=grid(model=CIFAR_MODELS),
)
def image_noise_is_mildest(measured: Measurements, model: str) -> Judgement:
    """Compare directly: the clean baseline is the same on both sides."""
    noisy = {condition: _at(measured, model, condition).right() for condition in ("gaussian:8", "salt_pepper:0.05")}
    others = {condition: _at(measured, model, condition).right() for condition in ("wrong:0.2", "reduce:0.2")}
    others["drop_class"] = _mean_over_classes(measured, model, "drop_class")
    return all_of(
        [
            above(estimate(100 * (scores - worse)), label=f"{noise} - {other}", unit="points")
            for noise, scores in noisy.items()
            for other, worse in others.items()
        ]
    )


def _at(measured: Measurements, model: str, condition: str = "clean") -> Predictions:
    return measured.at(model, condition, data=DATA[model])


def _change(measured: Measurements, model: str, condition: str, against: str = "clean") -> Estimate:
    """Return the accuracy in a condition minus that in another, in points."""
    return estimate(points(_at(measured, model, condition), _at(measured, model, against)))


def _mean_over_classes(measured: Measurements, model: str, operation: str) -> Scores:
    """Return each image's score (n, N), averaged over the class that is deleted or relabelled."""
    scores = [_at(measured, model, f"{operation}:{index}").right() for index in CLASSES]
    return np.asarray(np.mean(scores, axis=0))


def _mean_of_others(classes: int) -> Scores:
    """Return weights (K², K), the deleted class running fastest: the mean over the classes not deleted."""
    weights = np.zeros((classes, classes, classes))
    for deleted in range(classes):
        weights[:, deleted, deleted] = 1 / (classes - 1)
        weights[deleted, deleted, deleted] = 0
    return weights.reshape(-1, classes)


def _falls(curves: Scores) -> Scores:
    """Return for each repeat (n,) its accuracy at the others' mean peak minus the mean of its last five epochs.

    Trainings may end at different epochs: the peak is chosen among those that all have.
    """
    shared = curves[:, ~np.isnan(curves).any(0)]
    repeats = range(len(curves))
    others = [np.delete(shared, repeat, axis=0) if len(curves) > 1 else shared for repeat in repeats]
    peaks = [curve.mean(0).argmax() for curve in others]
    lasts = [curve[~np.isnan(curve)][-5:].mean() for curve in curves]
    return np.asarray([shared[repeat, peaks[repeat]] - lasts[repeat] for repeat in repeats])


def _peak_positions(curves: Scores) -> Scores:
    """Return where each repeat's (n,) highest epoch lies in its own training: over 0, up to 1."""
    return np.asarray((np.nanargmax(curves, axis=1) + 1) / (~np.isnan(curves)).sum(1))
