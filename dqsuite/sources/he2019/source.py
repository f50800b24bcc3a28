"""He et al. as a source."""

from __future__ import annotations

from dqsuite.claims.claim import claims_in
from dqsuite.claims.source import Setup, Source
from dqsuite.sources.he2019 import recipes
from dqsuite.sources.he2019.claims import classes, images, labels, size

SOURCE = Source(
    "he",
    "From Data Quality to Model Quality",
    "T. He et al., 2019",
    "Classes, size, labels and images of MNIST and CIFAR-10 damaged, training until the training set is fitted.",
    claims_in(classes, size, labels, images),
    setups={
        "full": {
            ("mnist", "lenet5"): Setup("mnist", "lenet5", recipes.MNIST),
            ("cifar10", "resnet20"): Setup("cifar10", "resnet20", recipes.CIFAR10),
            ("cifar10", "nin"): Setup("cifar10", "nin", recipes.CIFAR10),
            ("cifar10;size=64", "resnet20"): Setup("cifar10;size=64", "resnet20", recipes.CIFAR10),
        },
        "quick": {("mnist", "lenet5"): Setup("digits", "lenet5", recipes.QUICK)},
    },
    findings={"quick": {"he-mnist-drop-class": ()}},
    figures=("dqsuite.sources.he2019.figures", "dqsuite.sources.he2019.galleries"),
    place=5,
)
