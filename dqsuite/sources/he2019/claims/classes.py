"""He et al. on classes: one is deleted, or relabelled as another."""

from __future__ import annotations

import numpy as np

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import gain, points, recall_gain
from dqsuite.results.predictions import Scores
from dqsuite.sources.he2019.claims.shared import CIFAR_MODELS, CLASSES, DATA, at, change, mean_over_classes
from dqsuite.statistics.criteria import below, inside, reported
from dqsuite.statistics.estimate import estimate, rate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import Judgement, all_of
from dqsuite.statistics.orders import differ

OPERATIONS = ("drop_class", "relabel_class")


@claim(
    "he-mnist-drop-class",
    "MNIST: deleting any one class lowers the test accuracy markedly",
    "difference of accuracy below -5 points (nearly so by construction: the absent class is a tenth of the test set)",
    cases=grid(digit=CLASSES),
)
def mnist_drop_class(measured: Measurements, digit: str) -> Judgement:
    """Compare with the clean model; the nine other classes stand beside it."""
    dropped, clean = at(measured, "lenet5", f"drop_class:{digit}"), at(measured, "lenet5")
    others = points(dropped, clean)[:, clean.truth != int(digit)].mean()
    return below(gain(dropped, clean), -5, label=f"without {digit}; {others:+.2f} on the nine others", unit="points")


@claim(
    "he-cifar-drop-class-all-suffer",
    "CIFAR-10: deleting or relabelling one class harms all the other classes",
    "difference of TPR below 0 for each of the nine others",
    cases=grid(operation=OPERATIONS, model=CIFAR_MODELS, changed=CLASSES),
)
def all_other_classes_suffer(measured: Measurements, operation: str, model: str, changed: str) -> Judgement:
    """Compare the TPR of the nine classes that were not changed."""
    after, clean = at(measured, model, f"{operation}:{changed}"), at(measured, model)
    gains = {name: recall_gain(after, clean, name).scaled(100) for name in clean.classes}
    del gains[clean.classes[int(changed)]]
    return all_of([below(found, label=f"TPR of {name}", unit="points") for name, found in gains.items()])


@claim(
    "he-drop-equals-relabel",
    "deleting a class and relabelling it as another cost about the same accuracy",
    "accuracy(deleted) - accuracy(relabelled): its mean over classes inside ±1.5 points, and each class inside ±5",
    cases=grid(model=tuple(DATA)),
)
def dropping_equals_relabelling(measured: Measurements, model: str) -> Judgement:
    """Average over the ten classes changed, on every test image, before the difference is judged; then each class."""
    dropped, relabelled = (mean_over_classes(measured, model, operation) for operation in OPERATIONS)
    mean = estimate(100 * (dropped - relabelled), low=-100, high=100)
    each = {index: change(measured, model, *(f"{operation}:{index}" for operation in OPERATIONS)) for index in CLASSES}
    return all_of(
        [
            inside(mean, -1.5, 1.5, label="deleted - relabelled", unit="points"),
            *(
                inside(found, -5, 5, label=f"deleted - relabelled {index}", unit="points")
                for index, found in each.items()
            ),
        ]
    )


@claim(
    "he-drop-depends-on-class",
    "the cost of a deleted class depends on which class it is",
    "the mean changes of TPR of the other classes, by deleted class, are not all equal (ANOVA-type test)",
    cases=grid(model=tuple(DATA)),
)
def cost_depends_on_the_class(measured: Measurements, model: str) -> Judgement:
    """Average the nine other classes for each deleted class; the treatments are the ten deleted classes."""
    clean = at(measured, model)
    dropped = [at(measured, model, f"drop_class:{index}") for index in CLASSES]
    blocks = [np.stack([each.recall(name) - clean.recall(name) for each in dropped], axis=2) for name in clean.classes]
    rates = JointEstimate.of(blocks, low=-1, high=1)
    return differ(rates.combine(_mean_of_others(len(CLASSES)), clean.classes))


def _mean_of_others(classes: int) -> Scores:
    """Return weights (K², K), the deleted class running fastest: the mean over the classes not deleted."""
    weights = np.zeros((classes, classes, classes))
    for deleted in range(classes):
        weights[:, deleted, deleted] = 1 / (classes - 1)
        weights[deleted, deleted, deleted] = 0
    return weights.reshape(-1, classes)


@claim(
    "he-label-diff-map",
    "which test labels change when a class is deleted or relabelled (figures 2, 3)",
    "a figure: counts of test images whose predicted label differs from the clean model's, class by class",
    cases=grid(operation=OPERATIONS, model=tuple(DATA), changed=CLASSES),
    ours={"model": ("lenet5",)},
)
def labels_that_change(measured: Measurements, operation: str, model: str, changed: str) -> Judgement:
    """Report the share of all test images, and the mean count over repeats of each true class."""
    after, clean = at(measured, model, f"{operation}:{changed}"), at(measured, model)
    differs = after.predicted != clean.predicted
    counts = [
        f"{name} {differs[:, clean.truth == index].sum(1).mean():.0f}" for index, name in enumerate(clean.classes)
    ]
    return reported(rate(differs).scaled(100), f"images predicted otherwise: {', '.join(counts)}", "%")
