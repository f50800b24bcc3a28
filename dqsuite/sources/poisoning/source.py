"""The poisoning study as a source."""

from __future__ import annotations

from dqsuite.claims.claim import claims_in
from dqsuite.claims.source import Setup, Source, all_but
from dqsuite.sources.poisoning import claims, recipes

_MODELS = {
    "poison_cnn": ("poison_cnn", recipes.POISONING),
    "poison_cnn-batch-32": ("poison_cnn", recipes.BATCH_32),
    "poison_cnn-validation": ("poison_cnn", recipes.VALIDATION),
    "poison_cnn-width-2": ("poison_cnn;width=2", recipes.POISONING),
    "poison_cnn-width-4": ("poison_cnn;width=4", recipes.POISONING),
}
_DATA = ("mnist", "fashion_mnist", "cifar10", "cifar100")
_MEDIUM = {
    "poison_cnn": ("poison_cnn;width=0.5", recipes.MEDIUM, 10),
    "poison_cnn-batch-32": ("poison_cnn;width=0.5", recipes.MEDIUM_BATCH_32, 5),
    "poison_cnn-validation": ("poison_cnn;width=0.5", recipes.MEDIUM_VALIDATION, 5),
    "poison_cnn-width-2": ("poison_cnn", recipes.MEDIUM, 3),
    "poison_cnn-width-4": ("poison_cnn;width=2", recipes.MEDIUM, 3),
}
_QUICK = Setup("mnist", "poison_cnn;width=0.25", recipes.QUICK, volume="first:3000", epoch="best", repeats=8)
_CLAIMS = claims_in(claims)

SOURCE = Source(
    "poisoning",
    "The effect of Dataset Poisoning on Model Accuracy",
    "blog article with program",
    "Random and biased wrong labels from 0 to 100%, one CNN, four data sets. Judged at the best epoch.",
    _CLAIMS,
    setups={
        "full": {
            (data, name): Setup(data, model, recipe, epoch="best", repeats=10)
            for data in _DATA
            for name, (model, recipe) in _MODELS.items()
        },
        "medium": {
            (data, name): Setup(data, model, recipe, volume="first:10000", epoch="best", repeats=repeats)
            for data in _DATA
            for name, (model, recipe, repeats) in _MEDIUM.items()
        },
        "quick": {("mnist", "poison_cnn"): _QUICK},
    },
    findings={
        "medium": all_but(
            _CLAIMS,
            "poisoning-mnist-80",
            "poisoning-robust-half",
            "poisoning-small-earlier",
            "poisoning-cifar100-small-untrainable",
            "poisoning-more-beats-better",
        ),
        "quick": {"poisoning-small-earlier": ("mnist",), "poisoning-biased-drops-sooner": ("mnist",)},
    },
    figures=("dqsuite.sources.poisoning.figures",),
    place=4,
)
