"""lie3 as a source; lie1 and lie2 say how its models are trained."""

from __future__ import annotations

from dataclasses import replace

from dqsuite.claims.claim import claims_in
from dqsuite.claims.source import Setup, Source, all_but
from dqsuite.sources.lie3 import claims, recipes

_REPAIRED = {
    "custom": recipes.CUSTOM,
    "lenet": recipes.LENET,
    "resnet18": recipes.DEEP,
    "unresnet18": recipes.DEEP,
    "googlenet": recipes.DEEP,
}
_MEDIUM = {
    "custom": Setup("cifar10", "custom;width=0.5", recipes.MEDIUM_CUSTOM, volume="first:10000"),
    "lenet": Setup("cifar10", "lenet", recipes.MEDIUM_LENET),
    "resnet18": Setup("cifar10", "resnet18;width=0.125", recipes.MEDIUM_DEEP, volume="first:10000"),
    "unresnet18": Setup("cifar10", "unresnet18;width=0.125", recipes.MEDIUM_DEEP, volume="first:10000"),
    "googlenet": Setup("cifar10", "googlenet;width=0.125", recipes.MEDIUM_GOOGLENET, volume="first:5000", repeats=3),
}
_CLAIMS = claims_in(claims)

SOURCE = Source(
    "lie3",
    "Can you Lie to your Model? (3/3)",
    "J. Prendki, 2020",
    "Label noise against less data at the same level, in five models.",
    _CLAIMS,
    setups={
        "full": {
            ("cifar10", "custom-updates"): Setup("cifar10", "custom", recipes.CUSTOM_UPDATES),
            ("cifar10", "lenet-updates"): Setup("cifar10", "lenet", recipes.LENET_UPDATES),
        }
        | {("cifar10", f"{model}-repaired"): Setup("cifar10", model, recipe) for model, recipe in _REPAIRED.items()},
        "medium": {
            ("cifar10", "custom-updates"): replace(_MEDIUM["custom"], recipe=recipes.MEDIUM_CUSTOM_UPDATES),
            ("cifar10", "lenet-updates"): replace(_MEDIUM["lenet"], recipe=recipes.MEDIUM_LENET_UPDATES),
        }
        | {("cifar10", f"{model}-repaired"): setup for model, setup in _MEDIUM.items()},
    },
    findings={"medium": all_but(_CLAIMS), "quick": {"lie3-noise-hurts-more": ("lenet-0.3",)}},
    figures=("dqsuite.sources.lie3.figures",),
    place=3,
)
