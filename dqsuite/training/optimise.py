"""The optimiser of a recipe, its learning rate over time, and the rules that stop it."""

from __future__ import annotations

from math import inf
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop
from torch.optim.sgd import sgd

from dqsuite.experiment.recipes import Recipe

_KERAS_EPSILON = 1e-7
_ROUNDING = 1e-9  # one test image of 10,000 is a gain of exactly 1e-4, which must not exceed 1e-4 by rounding


class Optimizer:
    """The optimiser of a recipe; Adam and RMSprop have the constants of Keras, whose users the sources are.

    It calls torch's functions and not its classes, the first of which imports torch's compiler for more than a second.
    """

    def __init__(self, model: nn.Module, recipe: Recipe) -> None:
        self.recipe, self._rate = recipe, recipe.learning_rate
        device = next(model.parameters()).device
        self._on_card = torch.tensor(self._rate, device=device) if device.type == "cuda" else None
        kernels = {module.weight for module in model.modules() if isinstance(module, nn.Conv2d)}
        decays = {p: recipe.decayed == "all" or p in kernels for p in model.parameters() if p.requires_grad}
        self.groups = [
            _Group([_State(p) for p, decayed in decays.items() if decayed], recipe.weight_decay),
            _Group([_State(p) for p, decayed in decays.items() if not decayed], 0.0),
        ]

    @property
    def rate(self) -> float:
        """The learning rate of the next step. On a GPU it lies in the card's memory, where a replayed step finds it."""
        return self._rate

    @rate.setter
    def rate(self, value: float) -> None:
        if self._on_card is not None and value != self._rate:
            self._on_card.fill_(value)
        self._rate = value

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for group in self.groups:
            for state in group.states:
                state.parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient."""
        for group in self.groups:
            if states := [state for state in group.states if state.parameter.grad is not None]:
                self._move(states, group.weight_decay)

    def _move(self, states: list[_State], weight_decay: float) -> None:
        parameters: list[Tensor] = [state.parameter for state in states]
        gradients = [p.grad for p in parameters if p.grad is not None]
        first, second, steps = ([getattr(state, name) for state in states] for name in ("first", "second", "steps"))
        on_card = self._on_card is not None
        same: dict[str, Any] = {
            "lr": self._on_card if on_card else self._rate,
            "weight_decay": weight_decay,
            "maximize": False,
        }
        match self.recipe.optimizer:
            case "sgd":
                momentum = self.recipe.momentum
                sgd(parameters, gradients, first, fused=True, momentum=momentum, dampening=0.0, nesterov=False, **same)
            case "adam":
                keras: dict[str, Any] = {"beta1": 0.9, "beta2": 0.999, "eps": _KERAS_EPSILON, "amsgrad": False}
                adam(parameters, gradients, first, second, [], steps, fused=True, **keras, **same)
            case _:
                keras = {"alpha": 0.9, "eps": _KERAS_EPSILON, "momentum": 0.0, "centered": False}
                rmsprop(parameters, gradients, first, [], [], steps, capturable=on_card, **keras, **same)


class _State:
    """What an optimiser remembers of a parameter: its moments, or its momentum, and the steps taken."""

    def __init__(self, parameter: nn.Parameter) -> None:
        self.parameter = parameter
        self.first, self.second = torch.zeros_like(parameter), torch.zeros_like(parameter)
        self.steps = torch.zeros((), device=parameter.device)


class _Group(NamedTuple):
    """Parameters with a weight decay of their own."""

    states: list[_State]
    weight_decay: float


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


class EarlyStopping:
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
