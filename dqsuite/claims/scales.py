"""What is trained for a claim at each scale: one reviewed table.

``full`` is the source's own protocol. ``quick`` is for two CPU cores and minutes: fewer images, epochs and channels. A
pilot on repeats that are never judged has to say how few; until it has, nothing is judged at quick.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dqsuite.recipes import RECIPES, Recipe
from dqsuite.registry import Registry


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
        The epoch that the source judges: ``last``, or ``best`` on the clean test set.
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


Scale = Mapping[tuple[str, str], Setup]
"""(source's data set, source's model) to what stands for it."""

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
}

SCALES: Registry[Scale] = Registry(
    "scale",
    {
        "full": _LIE_FULL | _POISONING_FULL | _HE_FULL,
        "quick": {},
    },
)
