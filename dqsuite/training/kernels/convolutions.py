"""3 × 3 convolutions with the layers that follow them, compiled: see `winograd.cpp` and `few_channels.cpp`."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.functional import elu, max_pool2d

from dqsuite.training.kernels.compiled import library
from dqsuite.training.kernels.tensors import address, blank, blank_like, fill, has, ordered

_PLAIN, _RELU, _ELU, _RELU_MAX = range(4)  # what follows a convolution, by the numbers that they have in C++
_ENDINGS: dict[tuple[str, ...], int] = {
    (repr(nn.ReLU()), repr(nn.MaxPool2d(2))): _RELU_MAX,
    (repr(nn.ReLU()),): _RELU,
    (repr(nn.ReLU(inplace=True)),): _RELU,
    (repr(nn.ELU()),): _ELU,
}
_TORCHS: dict[int, Callable[[Tensor], Tensor]] = {_PLAIN: nn.Identity(), _RELU: torch.relu, _ELU: elu}
_FEW = 4  # channels of an image
_LEAST_SIDE = 3  # of the output: below, most of a tile of 4 × 4 would be thrown away
_MOST_WEIGHTS = 128 * 256  # channels times outputs: the points of more do not stay in the cache


class Convolution(nn.Conv2d):
    """A convolution with what followed it."""

    ending = _PLAIN

    @staticmethod
    def fits(layer: nn.Module) -> bool:
        """Return whether a Conv2d is one that is compiled."""
        assert isinstance(layer, nn.Conv2d)
        channels, outputs, padding = layer.in_channels, layer.out_channels, layer.padding[0]
        # whatever else a convolution can be told shows in its text
        simple = padding in (0, 1) and repr(layer) in (
            repr(nn.Conv2d(channels, outputs, 3, padding=padding, bias=bias, device="meta")) for bias in (True, False)
        )
        known = channels <= _FEW or (fill(channels) and channels * outputs <= _MOST_WEIGHTS)
        return simple and known and fill(outputs)

    def absorb(self, following: Sequence[str]) -> int:
        """Do what the layers that follow, given as texts, do; return how many of them."""
        found = ((len(key), ending) for key, ending in _ENDINGS.items() if tuple(following[: len(key)]) == key)
        count, self.ending = next(found, (0, _PLAIN))
        return count

    def forward(self, values: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, O, rows, columns), halved if it is pooled."""
        channels, outputs = self.in_channels, self.out_channels
        known = has(values, None, channels, None, None) and has(self.weight, outputs, channels, 3, 3)
        known = known and (self.bias is None or has(self.bias, outputs))
        side = min(values.shape[-2:]) + 2 * int(self.padding[0]) - 2
        if known and fill(channels) and side >= _LEAST_SIDE:
            return self._compiled(_Winograd, values, self.ending)
        pooled = self.ending == _RELU_MAX
        ending = _RELU if pooled else self.ending
        if known and channels <= _FEW and side >= 1 and not values.requires_grad:
            found = self._compiled(_FewChannels, values, ending)
        else:
            found = _TORCHS[ending](super().forward(values))
        return max_pool2d(found, 2) if pooled else found

    def _compiled(self, function: type[torch.autograd.Function], values: Tensor, ending: int) -> Tensor:
        form = int(self.padding[0]), ending
        convolved: Tensor = function.apply(values, self.weight, self.bias, form)
        return convolved


class _Winograd(torch.autograd.Function):
    """Images float32 (B, C, H, W) to (B, O, rows, columns), both in torch's channels_last.

    The form is the padding and the number of the ending.
    """

    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: Tensor, bias: Tensor | None, form: tuple[int, int]) -> Tensor:  # noqa: ANN401
        x = ordered(values)
        ctx.shape, ending = _shape(x, weight, form), form[1]
        rows, columns = _sides(x, form[0])
        pooled = ending == _RELU_MAX
        y = blank(x, len(weight), *((rows // 2, columns // 2) if pooled else (rows, columns)))
        which = torch.empty_like(y) if pooled else None
        given = x, ordered(weight), _constant(bias, weight), y, which
        library().winograd_forward(ctx.shape, *map(address, given))
        ctx.save_for_backward(x, weight, {_PLAIN: None, _RELU_MAX: which}.get(ending, y))
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor, Tensor | None, None]:  # noqa: ANN401
        x, weight, kept = ctx.saved_tensors
        by_values = blank_like(x) if ctx.needs_input_grad[0] else None
        by_weight, by_bias = blank_like(weight), weight.new_empty(len(weight))
        given = x, ordered(weight), kept, ordered(gradient), by_values, by_weight, by_bias
        library().winograd_backward(ctx.shape, *map(address, given))
        return by_values, by_weight, by_bias if ctx.needs_input_grad[2] else None, None


class _FewChannels(torch.autograd.Function):
    """Like `_Winograd`, for images that need no gradient, and without pooling."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: Tensor, bias: Tensor | None, form: tuple[int, int]) -> Tensor:  # noqa: ANN401
        x = ordered(values)
        ctx.shape = _shape(x, weight, form)
        y = blank(x, len(weight), *_sides(x, form[0]))
        given = x, weight.permute(2, 3, 1, 0).contiguous(), _constant(bias, weight), y
        library().few_channels_forward(ctx.shape, *map(address, given))
        ctx.save_for_backward(x, weight, None if form[1] == _PLAIN else y)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor, Tensor | None, None]:  # noqa: ANN401
        x, weight, kept = ctx.saved_tensors
        by_weight, by_bias = weight.new_empty(3, 3, x.shape[1], len(weight)), weight.new_empty(len(weight))
        given = x, kept, ordered(gradient), by_weight, by_bias
        library().few_channels_backward(ctx.shape, *map(address, given))
        return None, by_weight.permute(3, 2, 0, 1), by_bias if ctx.needs_input_grad[2] else None, None


def _sides(x: Tensor, padding: int) -> tuple[int, int]:
    return x.shape[2] + 2 * padding - 2, x.shape[3] + 2 * padding - 2


def _shape(x: Tensor, weight: Tensor, form: tuple[int, int]) -> ctypes.Array[ctypes.c_int]:
    """Return what C++ calls a Convolution."""
    count, channels, height, width = x.shape
    return (ctypes.c_int * 7)(count, height, width, channels, len(weight), *form)


def _constant(bias: Tensor | None, weight: Tensor) -> Tensor:
    return weight.new_zeros(len(weight)) if bias is None else bias.contiguous()
