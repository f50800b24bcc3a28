"""3 × 3 convolutions by Winograd's algorithm, compiled: see `winograd.cpp`."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from dqsuite.kernels.compiled import address, library

_LEAST_ROWS = 3  # of the output: below, most of a tile of 4 × 4 would be thrown away
_MOST_WEIGHTS = 128 * 256  # of each point, channels times outputs: more do not stay in the cache
_POINTS = 36


def with_winograd(model: nn.Module, *, fused: bool) -> nn.Module:
    """Put compiled convolutions that share their weights into the place of the model's 3 × 3 ones of stride 1.

    If `fused`, a ReLU that follows in the same Sequential becomes part of its convolution.
    """
    for parent in list(model.modules()):
        for (name, child), (next_name, following) in pairwise([*parent.named_children(), ("", None)]):
            if type(child) is nn.Conv2d and _fits(child):
                rectified = fused and type(parent) is nn.Sequential and type(following) is nn.ReLU
                setattr(parent, name, _Convolution(child, rectified))
                if rectified:
                    setattr(parent, next_name, nn.Identity())
    return model


def _fits(convolution: nn.Conv2d) -> bool:
    if convolution._forward_pre_hooks or convolution._forward_hooks:  # they make its weights, or look at its output
        return False
    channels, outputs, padding = convolution.in_channels, convolution.out_channels, convolution.padding[0]
    width = library().vector_width()
    # whatever else a convolution can be told shows in its text
    simple = padding in (0, 1) and repr(convolution) in (
        repr(nn.Conv2d(channels, outputs, 3, padding=padding, bias=bias, device="meta")) for bias in (True, False)
    )
    return simple and channels % width == outputs % width == 0 and channels * outputs <= _MOST_WEIGHTS


class _Convolution(nn.Conv2d):
    """Has the weights of another convolution, and may be followed by a ReLU."""

    def __init__(self, other: nn.Conv2d, rectified: bool) -> None:
        self.form = int(other.padding[0]), rectified
        biased = other.bias is not None
        super().__init__(other.in_channels, other.out_channels, 3, padding=self.form[0], bias=biased, device="meta")
        self.weight, self.bias = other.weight, other.bias

    def forward(self, images: Tensor) -> Tensor:
        padding, rectified = self.form
        if min(images.shape[2:]) + 2 * padding - 2 < _LEAST_ROWS:
            found = super().forward(images)
            return found.relu() if rectified else found
        convolved: Tensor = _Winograd.apply(images, self.weight, self.bias, self.form)
        return convolved


class _Winograd(torch.autograd.Function):
    """Images float32 (B, C, H, W) to (B, O, rows, columns), both in torch's channels_last."""

    @staticmethod
    def forward(ctx: Any, images: Tensor, weight: Tensor, bias: Tensor | None, form: tuple[int, bool]) -> Tensor:  # noqa: ANN401
        x = images.permute(0, 2, 3, 1).contiguous()
        count, height, width, channels = x.shape
        ctx.shape = (ctypes.c_int * 7)(count, height, width, channels, len(weight), *form)
        grown = 2 * form[0] - 2
        y = x.new_empty(count, height + grown, width + grown, len(weight))
        weights = _transform() @ weight.permute(2, 3, 1, 0).reshape(9, -1)
        constant = x.new_zeros(len(weight)) if bias is None else bias
        library().winograd_forward(ctx.shape, address(x), address(weights), address(constant), address(y))
        ctx.save_for_backward(x, weight, y)
        return y.permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor, Tensor | None, None]:  # noqa: ANN401
        x, weight, y = ctx.saved_tensors
        outputs, channels = weight.shape[:2]
        dy = gradient.permute(0, 2, 3, 1).contiguous()
        weights = _transform() @ weight.permute(2, 3, 0, 1).reshape(9, -1)
        dx = torch.empty_like(x) if ctx.needs_input_grad[0] else None
        points, by_bias = x.new_zeros(_POINTS, channels * outputs), x.new_zeros(outputs)
        library().winograd_backward(
            ctx.shape,
            address(x),
            address(weights),
            address(y),
            address(dy),
            address(dx),
            address(points),
            address(by_bias),
        )
        by_weight = (_transform().T @ points).view(3, 3, channels, outputs).permute(3, 2, 0, 1)
        by_images = None if dx is None else dx.permute(0, 3, 1, 2)
        return by_images, by_weight, by_bias if ctx.needs_input_grad[2] else None, None


@lru_cache(maxsize=1)
def _transform() -> Tensor:
    """Return float32 (36, 9): the nine weights of a filter w to the points of G w G'."""
    g = torch.tensor(
        [
            [1 / 4, 0, 0],
            [-1 / 6, -1 / 6, -1 / 6],
            [-1 / 6, 1 / 6, -1 / 6],
            [1 / 24, 1 / 12, 1 / 6],
            [1 / 24, -1 / 12, 1 / 6],
            [0, 0, 1],
        ],
        dtype=torch.float64,
    )
    return torch.kron(g, g).float()
