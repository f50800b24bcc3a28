"""The recipes of He et al.: until the training set is fitted."""

from __future__ import annotations

from dqsuite.experiment.recipes import measured_last, ours, sourced, stated

_HE = {
    "fit": stated(True, "until the training accuracy reaches 100%"),
    "batch_size": ours(128),
    "optimizer": ours("adam", "memorises without a schedule, whose length nobody could know beforehand"),
    "learning_rate": ours(1e-3),
    "scaling": ours("channel"),
}

_CIFAR10 = _HE | {
    "epochs": ours(150, "a cap, recorded when it is hit"),
    "fit_sample": ours(2000, "under dropout, as NIN has it, the accuracy met in training never gets to 100%"),
}

MNIST = sourced("he-mnist", _HE | {"epochs": ours(100, "a cap, recorded when it is hit")})
CIFAR10 = sourced("he-cifar10", _CIFAR10)
MEDIUM_MNIST = sourced("medium-he-mnist", _HE | {"epochs": ours(50, "a cap, recorded when it is hit")})
MEDIUM_CIFAR10 = sourced("medium-he-cifar10", _CIFAR10 | {"epochs": ours(30, "a cap, recorded when it is hit")})
MEDIUM_NIN = sourced(
    "medium-he-nin", _CIFAR10 | {"epochs": ours(15, "a cap, recorded when it is hit; its 200 cells are slow")}
)
QUICK = sourced("quick-he", _HE | measured_last(12) | {"fit": ours(False), "batch_size": ours(32)})
