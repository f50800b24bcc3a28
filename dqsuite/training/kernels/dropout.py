"""Dropout with the draws of `dqsuite.models.dropout`, compiled: see `dropout.cpp`."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from dqsuite.models.dropout import Dropout
from dqsuite.training.kernels.compiled import library
from dqsuite.training.kernels.tensors import address, blank_like, fill, has, ordered


class _Draws(NamedTuple):
    """What decides the draws of a forward, and the share of the elements that stays."""

    key: int
    threshold: int
    share: float


class CompiledDropout(Dropout):
    """The model's own layer, with the same draws."""

    @staticmethod
    def fits(layer: nn.Module) -> bool:
        """Return that every one is compiled."""
        return isinstance(layer, Dropout)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map float (B, ...) to the same shape; in eval mode the identity."""
        if not (self.training and has(inputs, None, None, None, None) and fill(inputs.shape[1])):
            return super().forward(inputs)
        draws = _Draws(int(self.next_key()), self.threshold, 1 - self.p)
        found: Tensor = _Drop.apply(inputs, draws)
        return found


class _Drop(torch.autograd.Function):
    """Values float32 (B, C, H, W), in torch's channels_last, to the same shape."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, draws: _Draws) -> Tensor:  # noqa: ANN401
        ctx.draws = draws
        return _dropped(values, draws)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        return _dropped(gradient, ctx.draws), None


def _dropped(values: Tensor, draws: _Draws) -> Tensor:
    x, y = ordered(values), blank_like(values)
    count, channels, height, width = x.shape
    share = ctypes.c_float(draws.share)
    library().dropout(count, height * width, channels, address(x), draws.key, draws.threshold, share, address(y))
    return y
