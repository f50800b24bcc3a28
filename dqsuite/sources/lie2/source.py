"""lie2 as a source."""

from __future__ import annotations

from dataclasses import replace

from dqsuite.claims.claim import claims_in
from dqsuite.claims.source import Setup, Source, all_but
from dqsuite.experiment.recipes import RECIPES
from dqsuite.sources.lie2 import recipes
from dqsuite.sources.lie2.claims import baseline, noise, sensitivity

_DEEP = Setup("cifar10", "", recipes.MEDIUM_DEEP, volume="first:10000")
_CLAIMS = claims_in(baseline, noise, sensitivity)

SOURCE = Source(
    "lie2",
    "Is Class Sensitivity Model Dependent?",
    "J. Prendki and A. Devkar, 2020",
    "The same damage to CIFAR-10, with four more models.",
    _CLAIMS,
    setups={
        "full": {
            ("cifar10", "lenet"): Setup("cifar10", "lenet", recipes.LENET),
            ("cifar10", "lenet-plain"): Setup("cifar10", "lenet", recipes.LENET_PLAIN),
            ("cifar10", "resnet18"): Setup("cifar10", "resnet18", recipes.DEEP),
            ("cifar10", "unresnet18"): Setup("cifar10", "unresnet18", recipes.DEEP),
            ("cifar10", "googlenet"): Setup("cifar10", "googlenet", recipes.DEEP),
        },
        "medium": {
            ("cifar10", "lenet"): Setup("cifar10", "lenet", recipes.MEDIUM_LENET),
            ("cifar10", "lenet-plain"): Setup("cifar10", "lenet", recipes.MEDIUM_LENET_PLAIN),
            ("cifar10", "resnet18"): replace(_DEEP, model="resnet18;width=0.125"),
            ("cifar10", "unresnet18"): replace(_DEEP, model="unresnet18;width=0.125"),
            ("cifar10", "googlenet"): Setup(
                "cifar10", "googlenet;width=0.125", recipes.MEDIUM_GOOGLENET, volume="first:5000", repeats=3
            ),
        },
        "quick": {
            ("cifar10", "lenet"): Setup("cifar10", "lenet", RECIPES["quick"], volume="first:4000", repeats=10),
        },
    },
    findings={
        "medium": all_but(_CLAIMS, "lie2-baselines"),
        "quick": {
            "lie2-bird-problematic-clean": ("lenet",),
            "lie2-cat-as-dog-then-frog": ("lenet",),
            "lie2-directional": ("lenet",),
            "lie2-weakest-noise30": ("lenet",),
            "lie2-noise-sensitive": ("lenet",),
            "lie2-cat-most-sensitive": (),
            "lie2-volume-cat-bird": ("lenet-0.4", "lenet-0.1"),
            "lie2-noise-like-volume": ("lenet",),
        },
    },
    figures=("dqsuite.sources.lie2.figures",),
    place=2,
)
