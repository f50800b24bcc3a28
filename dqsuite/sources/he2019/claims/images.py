"""He et al. on disturbed images: contrast, Gaussian noise, salt and pepper, brightness; and on all aspects."""

from __future__ import annotations

from dqsuite.claims.claim import Measurements, claim, grid
from dqsuite.claims.statements import points
from dqsuite.sources.he2019.claims.shared import CIFAR_MODELS, at, change, mean_over_classes
from dqsuite.sources.he2019.published import HE_CONTRAST
from dqsuite.statistics.criteria import above, below, inside
from dqsuite.statistics.estimate import estimate
from dqsuite.statistics.judgement import Judgement, all_of, some_of

SALT_AND_PEPPER = ("0.05", "0.1", "0.2", "0.3", "0.4")
GAMMAS = ("0.25", "0.5", "2", "4")


@claim(
    "he-contrast-asymmetric",
    "MNIST: weaker contrast costs little (98 to 95), stronger contrast costs much (98 to 67)",
    "the loss with contrast x 2 exceeds that with contrast x 0.5 by 5 points; the source gives no formula, so about "
    "two pivots, both ours: 128, and the image's own mean",
    cases=grid(pivot=("128", "mean")),
    depends_on="the formula",
    published=dict.fromkeys(("128", "mean"), HE_CONTRAST["contrast:0.5"] - HE_CONTRAST["contrast:2"]),
)
def stronger_contrast_costs_more(measured: Measurements, pivot: str) -> Judgement:
    """Compare directly: the clean baseline is the same on both sides. How far it overfits stands beside it."""
    option = {"128": "", "mean": ";pivot=mean"}[pivot]
    weaker, stronger = f"contrast:0.5{option}", f"contrast:2{option}"
    last, best = (at(measured, "lenet5", stronger, epoch).right().mean() for epoch in ("last", "best"))
    label = f"weaker - stronger contrast; stronger {100 * last:.1f}% at the last epoch, {100 * best:.1f}% at the best"
    return above(change(measured, "lenet5", weaker, stronger), 5, label=label, unit="points")


@claim(
    "he-gauss-small-helps",
    "Gaussian noise of sigma 2 raises the test accuracy slightly; 8 and 16 lower it",
    "difference of accuracy above 0 at sigma = 2, below 0 at 8 and 16",
    cases=grid(model=CIFAR_MODELS),
    ours={"model": ("nin",)},
)
def little_gaussian_noise_helps(measured: Measurements, model: str) -> Judgement:
    """Judge the three signs."""
    little, more, most = (change(measured, model, f"gaussian:{sigma}") for sigma in (2, 8, 16))
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
    return below(estimate(small - large, low=-200, high=200), label="32x32 - 64x64", unit="points")


@claim(
    "he-salt-pepper-no-help",
    "salt-and-pepper noise never helps; over 0.2 it does great damage",
    "upper bound of the difference of accuracy at most +0.5 point at every a; below -5 points at a = 0.3 and 0.4",
    cases=grid(model=CIFAR_MODELS),
    ours={"model": ("nin",)},
    contradicts="he-salt-pepper-can-help",
)
def salt_and_pepper_never_helps(measured: Measurements, model: str) -> Judgement:
    """Judge every amount; those over 0.2 have a bound of their own, which includes the other."""
    bounds = {amount: -5 if float(amount) > 0.2 else 0.5 for amount in SALT_AND_PEPPER}
    return all_of(
        [
            below(change(measured, model, f"salt_pepper:{amount}"), bound, label=f"a = {amount}", unit="points")
            for amount, bound in bounds.items()
        ]
    )


@claim(
    "he-salt-pepper-can-help",
    "the same paper's remarks: salt-and-pepper noise can raise the test accuracy",
    "difference of accuracy above 0 at some a, after Holm over five",
    cases=grid(model=CIFAR_MODELS),
    ours={"model": ("nin",)},
    contradicts="he-salt-pepper-no-help",
)
def salt_and_pepper_can_help(measured: Measurements, model: str) -> Judgement:
    """Look for one amount that helps."""
    return some_of(
        [
            above(change(measured, model, f"salt_pepper:{amount}"), label=f"a = {amount}", unit="points")
            for amount in SALT_AND_PEPPER
        ]
    )


@claim(
    "he-gamma-symmetric",
    "brightness hurts about symmetrically; darkening slightly more than brightening",
    "difference(4) - difference(0.25) and difference(2) - difference(0.5) each inside (-3, 0) points",
    cases=grid(model=CIFAR_MODELS),
    ours={"model": ("nin",)},
)
def brightness_hurts_symmetrically(measured: Measurements, model: str) -> Judgement:
    """Compare each darkening with the equal brightening: a gamma above 1 darkens."""
    changes = {
        f"gamma {dark} - {bright}": change(measured, model, f"gamma:{dark}", f"gamma:{bright}")
        for dark, bright in (("4", "0.25"), ("2", "0.5"))
    }
    return all_of([inside(change, -3, 0, label=label, unit="points") for label, change in changes.items()])


@claim(
    "he-brightness-no-help",
    "changing the brightness does not help",
    "upper bound of the difference of accuracy at most +0.5 point at every gamma",
    cases=grid(model=CIFAR_MODELS),
    ours={"model": ("nin",)},
    contradicts="he-brightness-helps",
)
def brightness_does_not_help(measured: Measurements, model: str) -> Judgement:
    """Judge every gamma."""
    return all_of(
        [
            below(change(measured, model, f"gamma:{gamma}"), 0.5, label=f"gamma {gamma}", unit="points")
            for gamma in GAMMAS
        ]
    )


@claim(
    "he-brightness-helps",
    "the introduction says that changing the brightness seems helpful",
    "difference of accuracy above 0 at some gamma, after Holm",
    cases=grid(model=CIFAR_MODELS),
    ours={"model": ("nin",)},
    contradicts="he-brightness-no-help",
)
def brightness_helps(measured: Measurements, model: str) -> Judgement:
    """Look for one gamma that helps."""
    return some_of(
        [above(change(measured, model, f"gamma:{gamma}"), label=f"gamma {gamma}", unit="points") for gamma in GAMMAS]
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
    noisy = {condition: at(measured, model, condition).right() for condition in ("gaussian:8", "salt_pepper:0.05")}
    others = {condition: at(measured, model, condition).right() for condition in ("wrong:0.2", "reduce:0.2")}
    others["drop_class"] = mean_over_classes(measured, model, "drop_class")
    return all_of(
        [
            above(estimate(100 * (scores - worse), low=-100, high=100), label=f"{noise} - {other}", unit="points")
            for noise, scores in noisy.items()
            for other, worse in others.items()
        ]
    )
