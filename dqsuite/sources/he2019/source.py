"""He et al. as a source."""

from __future__ import annotations

from dataclasses import replace

from dqsuite.claims.claim import claims_in
from dqsuite.claims.source import Setup, Source, all_but
from dqsuite.sources.he2019 import recipes
from dqsuite.sources.he2019.claims import classes, images, labels, size
from dqsuite.sources.he2019.claims.classes import OPERATIONS

_RESNET20 = Setup("cifar10", "resnet20;width=0.25", recipes.MEDIUM_CIFAR10, volume="first:10000")
_MAPS_OF_DIGITS = [f"{operation}-lenet5-{digit}" for operation in OPERATIONS for digit in range(10)]
_CLAIMS = claims_in(classes, size, labels, images)

SOURCE = Source(
    "he",
    "From Data Quality to Model Quality",
    "T. He et al., 2019",
    "Classes, size, labels and images of MNIST and CIFAR-10 damaged, training until the training set is fitted.",
    _CLAIMS,
    setups={
        "full": {
            ("mnist", "lenet5"): Setup("mnist", "lenet5", recipes.MNIST),
            ("cifar10", "resnet20"): Setup("cifar10", "resnet20", recipes.CIFAR10),
            ("cifar10", "nin"): Setup("cifar10", "nin", recipes.CIFAR10),
            ("cifar10;size=64", "resnet20"): Setup("cifar10;size=64", "resnet20", recipes.CIFAR10),
        },
        "medium": {
            ("mnist", "lenet5"): Setup("mnist", "lenet5", recipes.MEDIUM_MNIST, volume="first:10000"),
            ("cifar10", "resnet20"): _RESNET20,
            ("cifar10", "nin"): replace(_RESNET20, model="nin;width=0.25", recipe=recipes.MEDIUM_NIN),
            ("cifar10;size=64", "resnet20"): replace(_RESNET20, dataset="cifar10;size=64"),
        },
        "quick": {("mnist", "lenet5"): Setup("digits", "lenet5", recipes.QUICK)},
    },
    findings={
        "medium": all_but(
            _CLAIMS,
            "he-mnist-size-mild",
            "he-cifar-10k-knee",
            "he-more-is-better",
            "he-mnist-label-plateau",
            "he-mnist-label-collapse",
        ),
        "quick": {
            "he-mnist-drop-class": (),
            "he-drop-equals-relabel": ("lenet5",),
            "he-drop-depends-on-class": ("lenet5",),
            "he-label-diff-map": _MAPS_OF_DIGITS,
            "he-contrast-asymmetric": (),
        },
    },
    figures=("dqsuite.sources.he2019.figures", "dqsuite.sources.he2019.galleries"),
    place=5,
)
