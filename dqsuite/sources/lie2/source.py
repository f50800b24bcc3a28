"""lie2 as a source."""

from __future__ import annotations

from dqsuite.claims.claim import claims_in
from dqsuite.claims.source import Setup, Source
from dqsuite.experiment.recipes import RECIPES
from dqsuite.sources.lie2 import recipes
from dqsuite.sources.lie2.claims import baseline, noise, sensitivity

SOURCE = Source(
    "lie2",
    "Is Class Sensitivity Model Dependent?",
    "J. Prendki and A. Devkar, 2020",
    "The same damage to CIFAR-10, with four more models.",
    claims_in(baseline, noise, sensitivity),
    setups={
        "full": {
            ("cifar10", "lenet"): Setup("cifar10", "lenet", recipes.LENET),
            ("cifar10", "resnet18"): Setup("cifar10", "resnet18", recipes.DEEP),
            ("cifar10", "unresnet18"): Setup("cifar10", "unresnet18", recipes.DEEP),
            ("cifar10", "googlenet"): Setup("cifar10", "googlenet", recipes.DEEP),
        },
        "quick": {
            ("cifar10", "lenet"): Setup("cifar10", "lenet", RECIPES["quick"], volume="first:4000", repeats=10),
        },
    },
    findings={
        "quick": {
            "lie2-bird-problematic-clean": ("lenet",),
            "lie2-cat-as-dog-then-frog": ("lenet",),
            "lie2-directional": ("lenet",),
            "lie2-weakest-noise30": ("lenet",),
        }
    },
    figures=("dqsuite.sources.lie2.figures",),
    place=2,
)
