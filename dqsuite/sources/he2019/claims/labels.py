"""He et al. on wrong labels."""

from __future__ import annotations

import numpy as np

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import accuracy
from dqsuite.results.predictions import Scores
from dqsuite.sources.he2019.claims.shared import CIFAR_MODELS, DATA, at, mean_over_classes
from dqsuite.sources.he2019.published import HE_COLLAPSED
from dqsuite.statistics.criteria import above, below, inside
from dqsuite.statistics.estimate import estimate
from dqsuite.statistics.judgement import Judgement, all_of, some_of


@claim(
    "he-label-20-intolerable",
    "over 20% wrong labels: test accuracy rises early, then falls, and never regains its early peak",
    "at 30 to 60%: accuracy at the peak epoch, chosen on the mean curve of the other repeats, minus the mean of the "
    "last 5 epochs above 2 points, the peak in the first half of training; at 10% below 2 points; curves are moving "
    "means over three epochs",
    cases=grid(model=CIFAR_MODELS, level=("0.1", "0.3", "0.4", "0.5", "0.6")),
    contradicts="poisoning-robust-half",
)
def never_regains_its_peak(measured: Measurements, model: str, level: str) -> Judgement:
    """Score each repeat's fall at the peak of the others, so that no wobble is chosen for being high.

    The repeats' part of the interval comes from the curves, which are over all test images; the images' part from the
    stored predictions of the best and the last epoch. Where the peak lies needs no such care: it is each curve's own,
    and known to half an epoch, by which the repeats are spread, for all of them may name the same one.
    """
    best, last = (measured.at(model, f"wrong:{level}", data=DATA[model], epoch=epoch) for epoch in ("best", "last"))
    scores = best.right() - last.right()
    falls = scores - scores.mean(1, keepdims=True) + _falls(last.accuracy_curves)[:, None]
    fall = estimate(100 * falls, low=-100, high=100)
    if level == "0.1":
        return below(fall, 2, label="peak - last five epochs", unit="points")
    peaks = estimate(_peak_positions(last.accuracy_curves)[:, None])
    early = below(peaks, 0.5, label="peak epoch", unit="of training")
    return all_of([above(fall, 2, label="peak - last five epochs", unit="points"), early])


def _falls(curves: Scores) -> Scores:
    """Return for each repeat (n,) its accuracy at the others' mean peak minus the mean of its last five epochs.

    Trainings may end at different epochs: the peak is chosen among those that all have.
    """
    smooth = _smooth(curves)
    shared = smooth[:, ~np.isnan(smooth).any(0)]
    repeats = range(len(curves))
    others = [np.delete(shared, repeat, axis=0) if len(curves) > 1 else shared for repeat in repeats]
    peaks = [curve.mean(0).argmax() for curve in others]
    lasts = [curve[~np.isnan(curve)][-5:].mean() for curve in curves]
    return np.asarray([shared[repeat, peaks[repeat]] - lasts[repeat] for repeat in repeats])


def _peak_positions(curves: Scores) -> Scores:
    """Return where each repeat's (n,) highest epoch lies in its own training, from 0 to 1.

    It lies somewhere in that epoch: in the first repeat at its beginning, in the last one at its end.
    """
    within = np.linspace(0, 1, len(curves)) if len(curves) > 1 else 0.5
    return np.asarray((np.nanargmax(_smooth(curves), axis=1) + within) / (~np.isnan(curves)).sum(1))


def _smooth(curves: Scores) -> Scores:
    """Return the moving means over three epochs (n, E), of two at the ends; nan after the end of a training."""
    padded = np.pad(curves, ((0, 0), (1, 1)), constant_values=np.nan)
    known = ~np.isnan(padded)
    sums, counts = (
        each[:, :-2] + each[:, 1:-1] + each[:, 2:] for each in (np.where(known, padded, 0), known.astype(float))
    )
    return np.where(known[:, 1:-1], sums / np.maximum(counts, 1), np.nan)


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
        wrong, other = at(measured, model, "wrong:0.1").right(), mean_over_classes(measured, model, "drop_class")
    else:
        condition = {"size": "reduce:0.2", "images": "gaussian:16"}[opponent]
        wrong, other = at(measured, model, "wrong:0.2").right(), at(measured, model, condition).right()
    return below(estimate(100 * (wrong - other), low=-100, high=100), label=f"wrong labels - {opponent}", unit="points")


@claim(
    "he-mnist-label-plateau",
    "MNIST: accuracy falls to about 90% with more wrong labels, before it collapses",
    "accuracy at the last epoch inside 90 ± 4% at some level from 1 to 14% (Holm over the levels)",
)
def mnist_falls_to_90(measured: Measurements) -> Judgement:
    """Look for a level at which the accuracy stands there."""
    levels = {f"{percent}%": at(measured, "lenet5", f"wrong:{percent / 100}") for percent in range(1, 15)}
    return some_of([inside(accuracy(found), 86, 94, label=label, unit="%") for label, found in levels.items()])


@claim(
    "he-mnist-label-collapse",
    "MNIST falls to about 90% and then to chance at 15% wrong labels",
    "accuracy at the last epoch at 15% wrong labels, random or set to class 0, below 20%; shown at 1 to 20%",
    cases=[*grid(kind=("wrong", "to_class")), *grid(kind=("wrong", "to_class"), control=("best",))],
    contradicts="poisoning-mnist-80",
    published=dict.fromkeys(("wrong", "to_class"), HE_COLLAPSED),
    ours={"control": ("best",)},
)
def mnist_collapses(measured: Measurements, kind: str, control: str = "") -> Judgement:
    """Judge 15%; the others are for the eye. As a control, at the best epoch, which the poisoning study judges."""
    conditions = {percent: f"{kind}:{percent / 100}" for percent in range(1, 21)}
    levels = {percent: accuracy(at(measured, "lenet5", text, epoch=control)) for percent, text in conditions.items()}
    shown = " ".join(f"{found.mean:.1f}" for found in levels.values())
    return below(levels[15], 20, label=f"at 15%; at 1 to 20%: {shown}", unit="%")
