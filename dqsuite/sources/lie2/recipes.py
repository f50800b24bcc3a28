"""The recipes of lie2: LeNet and the deep models, as the zoo of models that it took them from trains them."""

from __future__ import annotations

from dqsuite.experiment.recipes import inferred, ours, shortened, sourced, stated

_ZOO = "kuangliu/pytorch-cifar, which has just these models"

_LIE_ZOO = {
    "batch_size": stated(64),
    "optimizer": inferred("sgd", _ZOO),
    "momentum": inferred(0.9, _ZOO),
    "weight_decay": inferred(5e-4, _ZOO),
    "scaling": inferred("channel", _ZOO),
}
_LIE_DEEP = _LIE_ZOO | {"epochs": stated(25), "learning_rate": inferred(0.1, _ZOO + "; the source names none")}
_LIE_LENET = _LIE_ZOO | {
    "epochs": stated(125),
    "learning_rate": ours(
        0.01, "the source names none; with the zoo's 0.1 a pilot stood at 28% after 15 clean epochs, with this at 64%"
    ),
}
_LIE_LENET_ZOO = _LIE_LENET | {"learning_rate": inferred(0.1, _ZOO)}
_LIE_ZOO_AUGMENTED = {"crop": inferred(4, _ZOO), "flip": inferred(0.5, _ZOO)}
LENET = sourced("lie-lenet", _LIE_LENET | _LIE_ZOO_AUGMENTED)
LENET_PLAIN = sourced("lie-lenet-plain", _LIE_LENET)
LENET_ZOO = sourced("lie-lenet-zoo", _LIE_LENET_ZOO | _LIE_ZOO_AUGMENTED)
DEEP = sourced("lie-deep", _LIE_DEEP | _LIE_ZOO_AUGMENTED)
MEDIUM_LENET = sourced("medium-lenet", shortened(_LIE_LENET | _LIE_ZOO_AUGMENTED, 10, "scale medium"))
MEDIUM_LENET_PLAIN = sourced("medium-lenet-plain", shortened(_LIE_LENET, 10, "scale medium"))
MEDIUM_DEEP = sourced("medium-deep", shortened(_LIE_DEEP | _LIE_ZOO_AUGMENTED, 10, "scale medium"))
MEDIUM_GOOGLENET = sourced("medium-googlenet", shortened(_LIE_DEEP | _LIE_ZOO_AUGMENTED, 8, "scale medium"))
DEEP_PLAIN = sourced("lie-deep-plain", _LIE_DEEP)
