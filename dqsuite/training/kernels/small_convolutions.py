"""The LeNets' convolutions with their activation and pooling, compiled: see `small_convolutions.cpp`."""

from __future__ import annotations

import ctypes
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from dqsuite.training.kernels.compiled import library
from dqsuite.training.kernels.tensors import address

_POOLINGS: list[tuple[type[nn.Module], type[nn.Module]]] = [(nn.ReLU, nn.MaxPool2d), (nn.Tanh, nn.AvgPool2d)]
"""In the order of the numbers that they have in C++."""


def with_small_convolutions(model: nn.Module) -> nn.Module:
    """Return the model with compiled layers that share its weights, or the model itself where they do not fit.

    They fit a Sequential whose first part is a Sequential of convolutions, each followed by its activation and its
    pooling, and a Flatten at the end.
    """
    parts = list(model.children()) if type(model) is nn.Sequential else []
    layers = list(parts[0].children()) if parts and type(parts[0]) is nn.Sequential else []
    triples = list(zip(*[iter(layers)] * 3, strict=False))
    known = triples and all(_pooling(*triple) is not None for triple in triples)
    if not known or list(map(repr, layers[3 * len(triples) :])) != [repr(nn.Flatten())]:
        return model
    return nn.Sequential(Features(triples), *parts[1:])


def _pooling(convolution: nn.Module, activation: nn.Module, pool: nn.Module) -> int | None:
    """Return the number that C++ knows the kind of layer by, or None where it knows no such layer."""
    kind = type(activation), type(pool)
    if type(convolution) is not nn.Conv2d or kind not in _POOLINGS:
        return None
    channels, outputs = convolution.in_channels, convolution.out_channels
    kernel, padding = convolution.kernel_size[0], convolution.padding[0]
    if isinstance(padding, str) or padding >= kernel:
        return None
    # whatever else a layer can be told shows in its text
    simple = nn.Conv2d(channels, outputs, kernel, padding=padding, device="meta"), type(pool)(2)
    return _POOLINGS.index(kind) if list(map(repr, simple)) == [repr(convolution), repr(pool)] else None


class Features(nn.Module):
    """The convolutions of a LeNet: images float32 (B, C, H, W) to features (B, F)."""

    def __init__(self, triples: list[tuple[Any, ...]]) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList([convolution for convolution, _, _ in triples])
        self.forms = [(convolution.padding[0], _pooling(convolution, *rest)) for convolution, *rest in triples]

    def forward(self, images: Tensor) -> Tensor:
        """Map images to features."""
        blocks = _blocks(images)
        for convolution, form in zip(self.convolutions, self.forms, strict=True):
            blocks = _Layer.apply(blocks, convolution.weight, convolution.bias, form)
        return blocks.permute(0, 4, 1, 2, 3).flatten(0, 1).flatten(1)[: len(images)]


def _blocks(images: Tensor) -> Tensor:
    """Return images float32 (B, C, H, W) in blocks (N, C, H, W, lanes), the last filled up with 0."""
    count, channels, height, width = images.shape
    lanes = library().lanes()
    images = images.permute(0, 2, 3, 1).contiguous()
    blocks = images.new_empty(-(-count // lanes), channels, height, width, lanes)
    library().to_blocks(address(images), count, height * width, channels, address(blocks))
    return blocks


class _Layer(torch.autograd.Function):
    """A convolution with its activation and pooling, on blocks; its form is the padding and the number of the kind."""

    @staticmethod
    def forward(ctx: Any, blocks: Tensor, weight: Tensor, bias: Tensor, form: tuple[int, int]) -> Tensor:  # noqa: ANN401
        count, channels, height, width, lanes = blocks.shape
        outputs, _, kernel, _ = weight.shape
        ctx.layer = (ctypes.c_int * 7)(channels, height, width, outputs, kernel, *form)
        rows, columns = ((side + 2 * form[0] - kernel + 1) // 2 for side in (height, width))
        out = blocks.new_empty(count, outputs, rows, columns, lanes)
        kept = blocks.new_empty(count * outputs * library().kept_floats(ctx.layer))
        weight = weight.contiguous()  # channels_last otherwise
        library().forward(
            ctx.layer, count, address(blocks), address(weight), address(bias), address(out), address(kept)
        )
        ctx.save_for_backward(blocks, weight, kept)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None]:  # noqa: ANN401
        blocks, weight, kept = ctx.saved_tensors
        gradient = gradient.contiguous()
        by_blocks = torch.empty_like(blocks) if ctx.needs_input_grad[0] else None
        by_weight, by_bias = torch.empty_like(weight), weight.new_empty(len(weight))
        library().backward(
            ctx.layer,
            len(blocks),
            address(blocks),
            address(weight),
            address(gradient),
            address(kept),
            address(by_blocks),
            address(by_weight),
            address(by_bias),
        )
        return by_blocks, by_weight, by_bias, None
