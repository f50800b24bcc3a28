"""BatchNorm with the addition and the ReLU that may follow it, compiled: see `normalisation.cpp`."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from dqsuite.models.resnet import BasicBlock
from dqsuite.training.kernels.compiled import library
from dqsuite.training.kernels.tensors import address, blank_like, fill, has, ordered

_RELUS = repr(nn.ReLU()), repr(nn.ReLU(inplace=True))


class Normalisation(nn.BatchNorm2d):
    """BatchNorm with the ReLU that followed it."""

    rectified = False

    @staticmethod
    def fits(layer: nn.Module) -> bool:
        """Return whether a BatchNorm2d is one that is compiled."""
        assert isinstance(layer, nn.BatchNorm2d)
        return fill(layer.num_features)

    def absorb(self, following: Sequence[str]) -> int:
        """Do what the layers that follow, given as texts, do; return how many of them."""
        self.rectified = bool(following) and following[0] in _RELUS
        return int(self.rectified)

    def forward(self, values: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        return self.added(values, None, self.rectified)

    def added(self, values: Tensor, other: Tensor | None, rectified: bool) -> Tensor:
        """Map (B, C, H, W) to the same shape, add another of it, and rectify the sum."""
        count = values.numel() // self.num_features
        known = self._known(values, other)
        if known and self.training and count > 1:  # of one, torch says that it has no variance
            form = _Form(self.eps, rectified)
            found, mean, variance = _Normalise.apply(values, self.weight, self.bias, other, form)
            self._follow(mean, variance * (count / (count - 1)))
        elif known and not self.training and not torch.is_grad_enabled():
            mean, variance = self.running_mean, self.running_var
            scale, shift = _affine(self.weight, self.bias, mean, variance, self.eps)  # type: ignore[arg-type] # known
            found = _normalised(ordered(values), scale, shift, other, rectified)
        else:
            found = super().forward(values)
            found = found if other is None else found + other
            found = found.relu() if rectified else found
        return found  # type: ignore[no-any-return] # torch leaves apply untyped

    def _known(self, values: Tensor, other: Tensor | None) -> bool:
        channels = self.num_features
        own = self.weight, self.bias, self.running_mean, self.running_var
        return (
            has(values, None, channels, None, None)
            and (other is None or has(other, *values.shape))
            and all(has(each, channels) for each in own)
            and self.track_running_stats
            and self.momentum is not None
        )

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running statistics towards a batch's mean and unbiased variance."""
        for running, now in ((self.running_mean, mean), (self.running_var, variance)):
            running.lerp_(now, self.momentum)  # type: ignore[union-attr, arg-type] # they are known
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)


class Block(BasicBlock):
    """A residual block whose last BatchNorm adds the shortcut and rectifies."""

    def forward(self, images: Tensor) -> Tensor:
        """Map (B, inputs, H, W) to (B, outputs, ⌈H / stride⌉, ⌈W / stride⌉)."""
        first, (convolution, last) = cast("tuple[nn.Module, tuple[nn.Module, nn.Module]]", self.body)
        if not isinstance(last, Normalisation):
            return super().forward(images)
        other = None if self.shortcut is None else self.shortcut(images)
        return last.added(convolution(first(images)), other, rectified=True)


class _Form(NamedTuple):
    eps: float
    rectified: bool


class _Normalise(torch.autograd.Function):
    """Images float32 (B, C, H, W), with what is added to them, to the same shape; and their mean and variance (C,)."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: Tensor, bias: Tensor, added: Tensor | None, form: _Form) -> Any:  # noqa: ANN401, PLR0917
        eps, ctx.rectified = form
        x, weight = ordered(values), weight.contiguous()
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
