"""BatchNorm with the addition and the ReLU that may follow it, compiled: see `normalisation.cpp`."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from dqsuite.kernels.compiled import library
from dqsuite.kernels.tensors import address, blank_like, fill, ordered, replaceable, taken
from dqsuite.models.resnet import BasicBlock

_RELUS = repr(nn.ReLU()), repr(nn.ReLU(inplace=True))


def compiled_normalisation(layer: nn.Module, following: Sequence[nn.Module]) -> tuple[nn.Module, int] | None:
    """Return a layer of the same weights for it and for the first of those that follow, and how many these are."""
    if not _fits(layer):
        return None
    rectified = bool(following) and repr(following[0]) in _RELUS
    return _Normalisation(layer, rectified), int(rectified)


def compiled_block(layer: nn.Module, following: Sequence[nn.Module]) -> tuple[nn.Module, int] | None:
    """Return a residual block whose last BatchNorm adds the shortcut and has the block's ReLU."""
    if type(layer) is not BasicBlock or layer.shortcut is None:
        return None
    *_, last = layer.body.modules()
    return (_Block(layer), 0) if _fits(last) else None


def _fits(layer: nn.Module) -> bool:
    if type(layer) is not nn.BatchNorm2d or not replaceable(layer) or not fill(int(layer.num_features)):
        return False
    return bool(layer.affine and layer.track_running_stats and layer.momentum is not None)


class _Normalisation(nn.BatchNorm2d):
    """Has the weights and the running statistics of another, and what followed that."""

    def __init__(self, other: Any, rectified: bool) -> None:  # noqa: ANN401
        super().__init__(other.num_features, other.eps, other.momentum, device="meta")
        self.weight, self.bias, self.rectified = other.weight, other.bias, rectified
        for name, values in other.named_buffers():
            self.register_buffer(name, values)

    def forward(self, values: Tensor, added: Tensor | None = None) -> Tensor:
        """Map (B, C, H, W) to the same shape; what is `added`, before the ReLU, has it too."""
        found: Tensor
        count = values.numel() // self.num_features
        if taken(values) and self.training and count > 1:  # of one, torch says that it has no variance
            form = _Form(self.eps, self.rectified)
            found, mean, variance = _Normalise.apply(values, self.weight, self.bias, added, form)
            self._follow(mean, variance * (count / (count - 1)))
        elif taken(values) and not self.training and not torch.is_grad_enabled():
            scale, shift = _affine(self.weight, self.bias, *self._statistics, self.eps)
            found = _normalised(ordered(values), scale, shift, added, self.rectified)
        else:
            found = super().forward(values)
            found = found if added is None else found + added
            found = found.relu() if self.rectified else found
        return found

    @torch.no_grad()
    def _follow(self, *batch: Tensor) -> None:
        """Move the running mean and variance towards those of a batch."""
        for running, now in zip(self._statistics, batch, strict=True):
            running.lerp_(now, self.momentum or 0.0)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)

    @property
    def _statistics(self) -> tuple[Tensor, Tensor]:
        mean, variance = self.running_mean, self.running_var
        assert mean is not None, "or it would not fit"
        assert variance is not None, "or it would not fit"
        return mean, variance


class _Block(nn.Module):
    """Has the layers of another block."""

    def __init__(self, other: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.body, self.shortcut = other.body, other.shortcut
        self.body[1][1] = _Normalisation(self.body[1][1], rectified=True)

    def forward(self, values: Tensor) -> Tensor:
        first, (convolution, last) = self.body
        found: Tensor = last(convolution(first(values)), self.shortcut(values))
        return found


class _Form(NamedTuple):
    eps: float
    rectified: bool


class _Normalise(torch.autograd.Function):
    """Images float32 (B, C, H, W), with what is added to them, to the same shape; and their mean and variance (C,)."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: Tensor, bias: Tensor, added: Tensor | None, form: _Form) -> Any:  # noqa: ANN401, PLR0917
        eps, ctx.rectified = form
        x = ordered(values)
        mean, variance = torch.empty_like(weight), torch.empty_like(weight)
        library().channel_statistics(_shape(x, ctx.rectified), *map(address, (x, mean, variance)))
        y = _normalised(x, *_affine(weight, bias, mean, variance, eps), added, ctx.rectified)
        ctx.save_for_backward(x, y if ctx.rectified else None, weight, mean, torch.rsqrt(variance + eps))
        ctx.mark_non_differentiable(mean, variance)
        return y, mean, variance

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor, *_: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        x, y, weight, mean, inverse = ctx.saved_tensors
        by_values, by_weight, by_bias = blank_like(x), torch.empty_like(weight), torch.empty_like(weight)
        by_added = blank_like(x) if ctx.needs_input_grad[3] else None
        given = x, y, ordered(gradient), weight, mean, inverse, by_values, by_added, by_weight, by_bias
        library().normalise_back(_shape(x, ctx.rectified), *map(address, given))
        return by_values, by_weight, by_bias, by_added, None


def _affine(weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """Return the scale and the shift (C,) that normalise."""
    scale = weight * torch.rsqrt(variance + eps)
    return scale, bias - mean * scale


def _normalised(x: Tensor, scale: Tensor, shift: Tensor, added: Tensor | None, rectified: bool) -> Tensor:
    y = blank_like(x)
    added = None if added is None else ordered(added)
    library().normalise(_shape(x, rectified), *map(address, (x, scale, shift, added, y)))
    return y


def _shape(x: Tensor, rectified: bool) -> ctypes.Array[ctypes.c_int]:
    """Return what C++ calls Values."""
    return (ctypes.c_int * 3)(x.numel() // x.shape[1], x.shape[1], int(rectified))
