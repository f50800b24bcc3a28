"""lie1 as a source."""

from __future__ import annotations

from dataclasses import replace

from dqsuite.claims.claim import claims_in
from dqsuite.claims.source import Setup, Source, all_but
from dqsuite.experiment.recipes import RECIPES
from dqsuite.sources.lie1 import recipes
from dqsuite.sources.lie1.claims import baseline, noise, volume

_MEDIUM = Setup("cifar10", "custom;width=0.5", recipes.MEDIUM, volume="first:10000")
_CLAIMS = claims_in(baseline, noise, volume)

SOURCE = Source(
    "lie1",
    "Can you Lie to your Model? (1/3)",
    "J. Prendki and A. Devkar, 2020",
    "One small CNN on CIFAR-10: labels shuffled among a part of the records, or records taken away.",
    _CLAIMS,
    setups={
        "full": {
            ("cifar10", "custom"): Setup("cifar10", "custom", recipes.CUSTOM),
            ("cifar10", "custom-plain"): Setup("cifar10", "custom", recipes.CUSTOM_PLAIN),
        },
        "medium": {
            ("cifar10", "custom"): _MEDIUM,
            ("cifar10", "custom-plain"): replace(_MEDIUM, recipe=recipes.MEDIUM_PLAIN),
        },
        "quick": {
            ("cifar10", "custom"): Setup("cifar10", "custom;width=0.25", RECIPES["quick-narrow"], volume="first:3000")
        },
    },
    findings={
        "medium": all_but(_CLAIMS, "lie1-cats-as-frogs", "lie1-10k-cheap", "lie1-bird-10k"),
        "quick": {
            "lie1-directional": (),
            "lie1-cat-deer": (),
            "lie1-baseline-order": (),
            "lie1-frog-truck-easy": (),
            "lie1-cat-worst-noise": ("0", "0.2", "0.3"),
            "lie1-bird-most-hit": ("0.2", "0.3"),
            "lie1-frog-truck-stable": (),
            "lie1-look-alike": (),
            "lie1-cat-worst-volume": ("0.8", "0.1"),
            "lie1-order-shifts": (),
            "lie1-noise-worse-than-less": (),
            "lie1-noise-worse-each-class": (),
            "lie1-different-ways": (),
        },
    },
    figures=("dqsuite.sources.lie1.figures", "dqsuite.sources.lie1.galleries"),
    place=1,
)
