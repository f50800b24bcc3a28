"""BatchNorm with the addition and the ReLU that may follow it, compiled: see `normalisation.cpp`."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from dqsuite.kernels.compiled import address, library
from dqsuite.models.resnet import BasicBlock

_RELUS = repr(nn.ReLU()), repr(nn.ReLU(inplace=True))


def compiled_normalisation(layer: nn.Module, following: Sequence[nn.Module]) -> tuple[nn.Module, int] | None:
    """Return a layer of the same weights for it and for the first of those that follow, and how many these are."""
    if type(layer) is not nn.BatchNorm2d or not _fits(layer):
        return None
    rectified = bool(following) and repr(following[0]) in _RELUS
    return _Normalisation(layer, rectified), int(rectified)


def compiled_block(layer: nn.Module, following: Sequence[nn.Module]) -> tuple[nn.Module, int] | None:
    """Return a residual block whose addition and ReLU are its last BatchNorm's, which is to be compiled too."""
    if type(layer) is not BasicBlock or layer.shortcut is None or not compiled_normalisation(layer.body[1][1], ()):
        return None
    return _Block(layer), 0


def _fits(layer: nn.BatchNorm2d) -> bool:
    hooked = layer._forward_pre_hooks or layer._forward_hooks
    known = layer.affine and layer.track_running_stats and layer.momentum is not None
    return known and not hooked and layer.num_features % int(library().vector_width()) == 0


class _Normalisation(nn.BatchNorm2d):
    """Has the weights and the running statistics of another, and what followed that."""

    def __init__(self, other: nn.BatchNorm2d, rectified: bool) -> None:
        super().__init__(other.num_features, other.eps, other.momentum, device="meta")
        self.weight, self.bias, self.rectified = other.weight, other.bias, rectified
        for name, values in other.named_buffers():
            self.register_buffer(name, values)

    def forward(self, images: Tensor, added: Tensor | None = None) -> Tensor:
        """Map (B, C, H, W) to the same shape, with what is added of the same shape too, before the ReLU."""
        several = images.numel() > self.num_features  # of one, torch says that it has no variance
        if self.training and several:
            found, mean, variance = _Normalise.apply(images, self.weight, self.bias, added, (self.eps, self.rectified))
            self._follow(mean, variance, images.numel() // self.num_features)
            return found  # type: ignore[no-any-return] # torch leaves it untyped
        if self.training or torch.is_grad_enabled():
            found = super().forward(images)
            found = found if added is None else found + added
            return found.relu() if self.rectified else found
        return self._evaluated(images, added)

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Move the running statistics towards those of a batch, its variance without bias."""
        for running, now in ((self.running_mean, mean), (self.running_var, variance * (count / (count - 1)))):
            running.lerp_(now, self.momentum)  # type: ignore[union-attr, arg-type] # they are there, or it did not fit
        self.num_batches_tracked.add_(1)  # type: ignore[union-attr]

    def _evaluated(self, images: Tensor, added: Tensor | None) -> Tensor:
        scale = self.weight * torch.rsqrt(self.running_var + self.eps)  # type: ignore[operator]
        shift = self.bias - self.running_mean * scale  # type: ignore[operator]
        return _normalised(_rows(images), scale, shift, _rows(added), self.rectified).permute(0, 3, 1, 2)


class _Block(nn.Module):
    """Has the layers of another block."""

    def __init__(self, other: BasicBlock) -> None:
        super().__init__()
        self.body, self.shortcut = other.body, other.shortcut
        _, (_, last) = self.body
        self.body[1][1] = _Normalisation(last, rectified=True)

    def forward(self, images: Tensor) -> Tensor:
        first, (convolution, last) = self.body
        return last(convolution(first(images)), self.shortcut(images))


class _Normalise(torch.autograd.Function):
    """Images float32 (B, C, H, W), in torch's channels_last, to the same shape; and their mean and variance (C,).

    Its form is eps, and whether the result is rectified.
    """

    @staticmethod
    def forward(  # noqa: D102
        ctx: Any,  # noqa: ANN401
        images: Tensor,
        weight: Tensor,
        bias: Tensor,
        added: Tensor | None,
        form: tuple[float, bool],
    ) -> tuple[Tensor, Tensor, Tensor]:
        eps, rectified = form
        x = _rows(images)
        mean, variance = torch.empty_like(weight), torch.empty_like(weight)
        library().channel_statistics(_values(x, rectified), *map(address, (x, mean, variance)))
        inverse = torch.rsqrt(variance + eps)
        scale = weight * inverse
        y = _normalised(x, scale, bias - mean * scale, _rows(added), rectified)
        ctx.rectified = rectified
        ctx.save_for_backward(x, y if rectified else None, mean, inverse, scale)
        ctx.mark_non_differentiable(mean, variance)
        return y.permute(0, 3, 1, 2), mean, variance

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, *_: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        x, y, mean, inverse, scale = ctx.saved_tensors
        dy = _rows(gradient)
        rectified = ctx.rectified
        by_bias, products = torch.empty_like(mean), torch.empty_like(mean)
        masked = torch.empty_like(x) if ctx.needs_input_grad[3] else None
        given = x, y, dy, mean, masked, by_bias, products
        library().gradient_sums(_values(x, rectified), *map(address, given))
        if masked is not None:
            dy, rectified = masked, False
        by_weight = products * inverse
        # Ioffe and Szegedy 2015: dx = scale (g - mean of g - x^ (mean of g x^)), x^ = (x - mean) inverse
        rows = x.numel() // len(mean)
        slope = -scale * inverse * by_weight / rows
        constant = -scale * by_bias / rows - slope * mean
        dx = torch.empty_like(x)
        library().normalise_back(_values(x, rectified), *map(address, (x, y, dy, scale, slope, constant, dx)))
        return dx.permute(0, 3, 1, 2), by_weight, by_bias, None if masked is None else masked.permute(0, 3, 1, 2), None


def _normalised(x: Tensor, scale: Tensor, shift: Tensor, added: Tensor | None, rectified: bool) -> Tensor:
    y = torch.empty_like(x)
    library().normalise(_values(x, rectified), *map(address, (x, scale, shift, added, y)))
    return y


def _rows(images: Tensor | None) -> Tensor | None:
    """Return images (B, C, H, W) as (B, H, W, C), which in channels_last they are."""
    return None if images is None else images.permute(0, 2, 3, 1).contiguous()


def _values(x: Tensor, rectified: bool) -> ctypes.Array[ctypes.c_int]:
    """Return what C++ calls Values."""
    return (ctypes.c_int * 3)(x.numel() // x.shape[-1], x.shape[-1], int(rectified))
