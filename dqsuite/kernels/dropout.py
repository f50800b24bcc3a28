"""Dropout with the draws of `dqsuite.models.dropout`, compiled: see `dropout.cpp`."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from dqsuite.kernels.compiled import library
from dqsuite.kernels.tensors import address, blank_like, fill, ordered, replaceable, taken
from dqsuite.models.dropout import Dropout


def compiled_dropout(layer: nn.Module, following: Sequence[nn.Module]) -> tuple[nn.Module, int] | None:
    """Return a layer of the same draws for it alone."""
    return (_Dropout(layer), 0) if type(layer) is Dropout and replaceable(layer) else None


class _Draws(NamedTuple):
    """What decides the draws of a forward, and the share of the elements that stays."""

    key: int
    threshold: int
    share: float


class _Dropout(Dropout):
    """Goes on with the draws of another, whose numbers it has."""

    def __init__(self, other: Dropout) -> None:
        super().__init__(other.p)
        for name, values in other.named_buffers():
            self.register_buffer(name, values, persistent=False)

    def forward(self, inputs: Tensor) -> Tensor:
        if not (self.training and taken(inputs) and fill(inputs.shape[1])):
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
