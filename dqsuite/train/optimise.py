"""The optimiser of a recipe, its learning rate over time, and the rules that stop it."""

from __future__ import annotations

from math import inf

import torch
from torch import nn

from dqsuite.recipes import Recipe

_KERAS_EPSILON = 1e-7
_ROUNDING = 1e-9  # one test image of 10,000 is a gain of exactly 1e-4, which must not exceed 1e-4 by rounding


def optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """Return the recipe's optimiser; Adam and RMSprop have the constants of Keras, whose users the sources are."""
    kernels = {module.weight for module in model.modules() if isinstance(module, nn.Conv2d)}
    decaying = {True: [], False: []}  # type: dict[bool, list[nn.Parameter]]
    for parameter in model.parameters():
        decaying[recipe.decayed == "all" or parameter in kernels].append(parameter)
    groups = [
        {"params": parameters, "weight_decay": recipe.weight_decay if decays else 0.0}
        for decays, parameters in decaying.items()
        if parameters
    ]
    match recipe.optimizer:
        case "sgd":
            return torch.optim.SGD(groups, recipe.learning_rate, recipe.momentum, fused=True)
        case "adam":
            return torch.optim.Adam(groups, recipe.learning_rate, eps=_KERAS_EPSILON, fused=True)
        case _:
            return torch.optim.RMSprop(groups, recipe.learning_rate, alpha=0.9, eps=_KERAS_EPSILON)


class Rate:
    """The learning rate: the recipe's, times its schedule, its milestones and the plateaus met so far."""

    def __init__(self, recipe: Recipe, updates: int) -> None:
        self.recipe, self.updates, self.factor = recipe, updates, 1.0

    def at(self, epoch: int, update: int) -> float:
        """Return the rate of an update, both counted from 0 over the whole training."""
        passed = [factor for first, factor in self.recipe.milestones if epoch >= first]
        left = 1 - update / self.updates if self.recipe.schedule == "linear" else 1.0
        rate = self.recipe.learning_rate * self.factor * left
        for factor in passed:
            rate *= factor
        return rate


class Progress:
    """Follows the validation accuracy as Keras' EarlyStopping and ReduceLROnPlateau do."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.best, self.waited = -inf, 0
        self.level, self.plateau = -inf, 0

    def update(self, accuracy: float, rate: Rate) -> bool:
        """Take an epoch's accuracy, lower the rate on a plateau, and return whether the patience is at an end."""
        better = accuracy > self.best
        self.best, self.waited = max(self.best, accuracy), 0 if better else self.waited + 1
        gained = accuracy - self.level > self.recipe.plateau_delta + _ROUNDING
        self.level, self.plateau = (accuracy, 0) if gained else (self.level, self.plateau + 1)
        if self.recipe.plateau_patience and self.plateau >= self.recipe.plateau_patience:
            rate.factor, self.plateau = rate.factor * self.recipe.plateau_factor, 0
        return bool(self.recipe.patience) and self.waited >= self.recipe.patience
