"""What is trained and judged at each scale: one reviewed table.

``full`` is the source's own protocol, for every finding. ``quick`` is for two CPU cores and minutes: fewer images,
epochs and channels, handwritten digits of 8×8 in place of MNIST where LeNet-5 learns it, and only the findings whose
criterion means something at that size. Its sizes come from a pilot on the repeats 1000 to 1004, which are never
judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dqsuite.core.registry import Registry
from dqsuite.experiment.recipes import RECIPES, Recipe


@dataclass(frozen=True)
class Setup:
    """How a source's model is trained at a scale.

    Attributes
    ----------
    dataset, model : str
        In the grammar of dqsuite.
    recipe : Recipe
    volume : str
        A corruption before every other: the images that there are at this scale; empty for all.
    epoch : str
        The epoch that the source judges: ``last``, or ``best`` on the recipe's validation set.
    repeats : int
    """

    dataset: str
    model: str
    recipe: Recipe
    volume: str = ""
    epoch: str = "last"
    repeats: int = 5

    def condition(self, text: str) -> str:
        """Return a condition after the volume of the scale."""
        steps = [step for step in (self.volume, "" if text == "clean" else text) if step]
        return "+".join(steps) or "clean"


@dataclass(frozen=True)
class Scale:
    """What is judged at a scale, and on what.

    Attributes
    ----------
    setups : mapping
        (source's data set, source's model) to what stands for it.
    findings : mapping, optional
        Claim to the names of its cases that are judged, none named for all of them; by default every claim. A finding
        that the pilot of a small scale could not decide with affordable repeats is left out.
    """

    setups: Mapping[tuple[str, str], Setup]
    findings: Mapping[str, Sequence[str]] | None = None

    def takes(self, claim: str, case: str) -> bool:
        """Tell whether a case of a claim is judged."""
        if self.findings is None:
            return True
        return claim in self.findings and (not self.findings[claim] or case in self.findings[claim])


_LIE_FULL = {
    ("cifar10", "custom"): Setup("cifar10", "custom", RECIPES["lie-custom"]),
    ("cifar10", "lenet"): Setup("cifar10", "lenet", RECIPES["lie-lenet"]),
    **{
        ("cifar10", model): Setup("cifar10", model, RECIPES["lie-deep"])
        for model in ("resnet18", "unresnet18", "googlenet")
    },
}
_POISONED = {
    "poison_cnn": ("poison_cnn", "poisoning"),
    "poison_cnn-batch-32": ("poison_cnn", "poisoning-batch-32"),
    "poison_cnn-validation": ("poison_cnn", "poisoning-validation"),
    "poison_cnn-width-2": ("poison_cnn;width=2", "poisoning"),
    "poison_cnn-width-4": ("poison_cnn;width=4", "poisoning"),
}
_POISONING_FULL = {
    (data, name): Setup(data, model, RECIPES[recipe], epoch="best")
    for data in ("mnist", "fashion_mnist", "cifar10", "cifar100")
    for name, (model, recipe) in _POISONED.items()
}
_HE_FULL = {
    ("mnist", "lenet5"): Setup("mnist", "lenet5", RECIPES["he-mnist"]),
    ("cifar10", "resnet20"): Setup("cifar10", "resnet20", RECIPES["he-cifar10"]),
    ("cifar10", "nin"): Setup("cifar10", "nin", RECIPES["he-cifar10"]),
    ("cifar10;size=64", "resnet20"): Setup("cifar10;size=64", "resnet20", RECIPES["he-cifar10"]),
}

_QUICK = {
    ("cifar10", "lenet"): Setup("cifar10", "lenet", RECIPES["quick"], volume="first:4000", repeats=10),
    ("cifar10", "custom"): Setup(
        "cifar10", "custom;width=0.25", RECIPES["quick-narrow"], volume="first:3000", repeats=5
    ),
    ("mnist", "lenet5"): Setup("digits", "lenet5", RECIPES["quick-he"]),
    ("mnist", "poison_cnn"): Setup(
        "mnist", "poison_cnn;width=0.25", RECIPES["quick-poisoning"], volume="first:3000", epoch="best", repeats=8
    ),
}
_QUICK_FINDINGS: dict[str, tuple[str, ...]] = {
    "lie1-directional": (),
    "lie1-cat-worst-noise": ("0", "0.3"),
    "lie1-look-alike": (),
    "lie2-bird-problematic-clean": ("lenet",),
    "lie2-cat-as-dog-then-frog": ("lenet",),
    "lie2-directional": ("lenet",),
    "lie2-weakest-noise30": ("lenet",),
    "lie3-noise-hurts-more": ("lenet-0.3",),
    "poisoning-small-earlier": ("mnist",),
    "he-mnist-drop-class": (),
}

SCALES: Registry[Scale] = Registry(
    "scale",
    {
        "full": Scale(_LIE_FULL | _POISONING_FULL | _HE_FULL),
        "quick": Scale(_QUICK, _QUICK_FINDINGS),
    },
)
