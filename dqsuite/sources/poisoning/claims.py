"""The dataset poisoning study: wrong and biased labels, one CNN on four data sets, judged at the best epoch."""

from __future__ import annotations

from itertools import pairwise

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import accuracy, gain
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.sources.poisoning.published import POISONING
from dqsuite.statistics.criteria import above, below, inside, reported
from dqsuite.statistics.estimate import Estimate, difference, estimate, ratio
from dqsuite.statistics.judgement import Judgement, all_of

MODEL = "poison_cnn"
EASIEST_FIRST = ("mnist", "fashion_mnist", "cifar10", "cifar100")
SMALL = "first:1000"
RANDOM, BIASED = POISONING["all", "wrong"], POISONING["all", "biased"]
RANDOM_SMALL = POISONING["1,000", "wrong"]
_ROBUST = {"mnist": 95, "fashion_mnist": 80}


@claim(
    "poisoning-mnist-80",
    "MNIST keeps a very high accuracy with 80% random wrong labels",
    "accuracy at least 85% (about 90 in the source)",
    cases=[{}, {"control": "last"}],
    contradicts="he-mnist-label-collapse",
    ours={"control": ("last",)},
    published={"": RANDOM["mnist"][80]},
)
def mnist_survives_80_percent(measured: Measurements, control: str = "") -> Judgement:
    """Compare the accuracy with 85%; as a control, at the last epoch, which He et al. judge."""
    found = accuracy(_at(measured, "mnist", "wrong:0.8", epoch=control))
    return above(found, 85, label=f"accuracy at 80% wrong labels, {control or 'best'} epoch", unit="%")


@claim(
    "poisoning-robust-half",
    "robust when more than half of the labels are wrong",
    "at 60% wrong labels: MNIST at least 95%, Fashion-MNIST at least 80% (97, 87 in the source)",
    cases=[*grid(data=tuple(_ROBUST)), *grid(data=tuple(_ROBUST), control=("last",))],
    contradicts="he-label-20-intolerable",
    ours={"control": ("last",)},
    published={data: RANDOM[data][60] for data in _ROBUST},
)
def robust_beyond_half(measured: Measurements, data: str, control: str = "") -> Judgement:
    """Judge the best epoch; as a control the last one, which may explain the contradiction."""
    found = accuracy(_at(measured, data, "wrong:0.6", epoch=control))
    return above(found, _ROBUST[data], label=f"{control or 'best'} epoch at 60% wrong labels", unit="%")


@claim(
    "poisoning-hard-drops-first",
    "harder data sets lose accuracy sooner",
    "relative accuracy at 20% wrong labels ordered MNIST > Fashion-MNIST > CIFAR-10 > CIFAR-100",
)
def harder_drops_first(measured: Measurements) -> Judgement:
    """Compare each data set with the next harder one; two data sets share neither repeats nor images."""
    kept = {data: estimate(_relative(measured, data, "wrong:0.2", "clean")) for data in EASIEST_FIRST}
    return all_of(
        [
            above(difference(kept[easier], kept[harder]), label=f"{easier} - {harder}", unit="of the clean accuracy")
            for easier, harder in pairwise(EASIEST_FIRST)
        ]
    )


@claim(
    "poisoning-cifar100-early",
    "CIFAR-100 drops even with little bad data",
    "difference of accuracy at 10% wrong labels below 0",
)
def cifar100_drops_early(measured: Measurements) -> Judgement:
    """Compare 10% wrong labels with none."""
    return below(_difference(measured, "cifar100", "wrong:0.1", "clean"), label="10% wrong - clean", unit="points")


@claim(
    "poisoning-biased-until-40",
    "biased wrong labels: about as robust as random ones up to 40%",
    "biased - random inside ±5 points at 20, 30, 40%",
    cases=grid(data=EASIEST_FIRST),
)
def biased_like_random_until_40(measured: Measurements, data: str) -> Judgement:
    """Compare both kinds of wrong labels, level by level."""
    return all_of(
        [
            inside(_biased(measured, data, level), -5, 5, label=f"biased - random at {level}", unit="points")
            for level in ("0.2", "0.3", "0.4")
        ]
    )


@claim(
    "poisoning-biased-drops-sooner",
    "beyond 40%, biased labels drop sooner than random ones",
    "at 60%: biased - random below -10 points",
    cases=grid(data=EASIEST_FIRST),
    published={data: BIASED[data][60] - RANDOM[data][60] for data in EASIEST_FIRST},
)
def biased_drops_sooner(measured: Measurements, data: str) -> Judgement:
    """Compare both kinds of wrong labels at 60%."""
    return below(_biased(measured, data, "0.6"), -10, label="biased - random at 0.6", unit="points")


@claim(
    "poisoning-small-earlier",
    "with 1,000 items wrong labels bite earlier",
    "relative accuracy at 40% wrong labels: 1,000 items below all items",
    cases=grid(data=EASIEST_FIRST[:3]),
    published={
        data: RANDOM_SMALL[data][40] / RANDOM_SMALL[data][0] - RANDOM[data][40] / RANDOM[data][0]
        for data in EASIEST_FIRST[:3]
    },
)
def small_sets_suffer_earlier(measured: Measurements, data: str) -> Judgement:
    """Compare the relative accuracies, paired by repeat and image."""
    small = _relative(measured, data, f"{SMALL}+wrong:0.4", SMALL)
    whole = _relative(measured, data, "wrong:0.4", "clean")
    return below(estimate(small - whole), label="1,000 items - all items", unit="of the clean accuracy")


@claim(
    "poisoning-cifar100-small-untrainable",
    "CIFAR-100 with 1,000 items does not train, even clean",
    "accuracy below 10%",
    published={"": RANDOM_SMALL["cifar100"][0]},
)
def cifar100_small_does_not_train(measured: Measurements) -> Judgement:
    """Compare the accuracy with 10%."""
    return below(accuracy(_at(measured, "cifar100", SMALL)), 10, label="1,000 clean items", unit="%")


@claim(
    "poisoning-more-beats-better",
    "more but worse data can beat less but better",
    "accuracy of all items with 50% wrong labels above that of the 1,000 clean items",
    cases=grid(data=EASIEST_FIRST),
)
def more_beats_better(measured: Measurements, data: str) -> Judgement:
    """Compare all items, half of them wrong, with 1,000 clean ones."""
    label = "all items at 50% wrong - 1,000 clean"
    return above(_difference(measured, data, "wrong:0.5", SMALL), label=label, unit="points")


@claim(
    "poisoning-batch-32",
    "would a batch of 32 worsen training? (the source's open question)",
    "reported: accuracy with batch 32 minus that with 256; no expectation",
    cases=grid(data=EASIEST_FIRST, level=("0", "0.4")),
)
def batch_of_32(measured: Measurements, data: str, level: str) -> Judgement:
    """Compare the two batch sizes on clean labels and at 40% wrong ones."""
    small, usual = _wrong(measured, data, level, f"{MODEL}-batch-32"), _wrong(measured, data, level)
    return reported(gain(small, usual), f"batch 32 - 256 at {level} wrong", "points")


@claim(
    "poisoning-validation",
    "what if the validation labels are poisoned too? (open question)",
    "reported: accuracy at the epoch that a poisoned validation set picks; no expectation",
    cases=grid(data=EASIEST_FIRST, level=("0.2", "0.4", "0.6")),
)
def poisoned_validation(measured: Measurements, data: str, level: str) -> Judgement:
    """Poison training and validation alike; what the clean validation set picks stands beside it."""
    poisoned, usual = _wrong(measured, data, level, f"{MODEL}-validation"), _wrong(measured, data, level)
    label = f"poisoned validation at {level} wrong; {100 * usual.right().mean():.1f}% with a clean one"
    return reported(accuracy(poisoned), label, "%")


@claim(
    "poisoning-larger-model",
    "would a larger model differ? (open question)",
    "reported: accuracy over wrong labels of models of twice and four times the width; no expectation",
    cases=grid(width=("2", "4"), data=EASIEST_FIRST, level=("0", "0.2", "0.4", "0.6", "0.8")),
)
def larger_model(measured: Measurements, width: str, data: str, level: str) -> Judgement:
    """Widen every layer; the source's model stands beside it."""
    larger, usual = _wrong(measured, data, level, f"{MODEL}-width-{width}"), _wrong(measured, data, level)
    label = f"width {width} at {level} wrong; {100 * usual.right().mean():.1f}% at width 1"
    return reported(accuracy(larger), label, "%")


def _at(measured: Measurements, data: str, condition: str, epoch: str = "") -> Predictions:
    return measured.at(MODEL, condition, data=data, epoch=epoch)


def _wrong(measured: Measurements, data: str, level: str, model: str = MODEL) -> Predictions:
    return measured.at(model, "clean" if level == "0" else f"wrong:{level}", data=data)


def _difference(measured: Measurements, data: str, one: str, other: str) -> Estimate:
    """Return the accuracy in one condition minus that in another, in points."""
    return gain(_at(measured, data, one), _at(measured, data, other))


def _biased(measured: Measurements, data: str, level: str) -> Estimate:
    return _difference(measured, data, f"biased:{level}", f"wrong:{level}")


def _relative(measured: Measurements, data: str, condition: str, clean: str) -> Scores:
    """Return scores whose mean is the accuracy as a share of the clean one."""
    return ratio(_at(measured, data, condition).right(), _at(measured, data, clean).right())
