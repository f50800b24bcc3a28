"""Dropout with the draws of `dqsuite.models.dropout`, a kernel each way, in Triton, which comes with torch."""

# ruff: noqa: ANN001, ANN202, PLR0917 # what Triton compiles is typed by Triton, and called by position

from __future__ import annotations

from typing import Any, NamedTuple

import torch
import triton
from torch import Tensor
from torch.autograd.function import once_differentiable
from triton import language as tl

from dqsuite.models.dropout import Dropout

_BLOCK = 1024  # elements of a program


class _Draws(NamedTuple):
    """What decides the draws of a forward, and what the elements that stay are multiplied with."""

    key: Tensor
    threshold: int
    factor: float


class FusedDropout(Dropout):
    """The model's own layer, with the same draws, on a GPU."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Map float (B, ...) to the same shape and memory format; in eval mode the identity."""
        if not self.training:
            return inputs
        found: Tensor = _Drop.apply(inputs, _Draws(self.next_key(), self.threshold, 1 / (1 - self.p)))
        return found

    def next_key(self) -> Tensor:
        """Return int32 (), which the places are mixed with in the next forward, and take a step."""
        key = torch.empty_like(self._step)
        _advance[(1,)](self._seed, self._step, key)
        return key


class _Drop(torch.autograd.Function):
    """Float values of any shape, to the same shape and memory format."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, draws: _Draws) -> Tensor:  # noqa: ANN401
        ctx.draws, ctx.format = draws, _format(values)
        return _dropped(values, draws, ctx.format)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        return _dropped(gradient, ctx.draws, ctx.format), None


def _format(values: Tensor) -> torch.memory_format:
    last = values.is_contiguous(memory_format=torch.channels_last) and not values.is_contiguous()
    return torch.channels_last if last else torch.contiguous_format


def _dropped(values: Tensor, draws: _Draws, memory_format: torch.memory_format) -> Tensor:
    values = values.contiguous(memory_format=memory_format)
    found, count = torch.empty_like(values), values.numel()
    # an element's place is counted with the channels before the pixels, wherever they lie
    last = memory_format is torch.channels_last
    channels, pixels = (values.shape[1], values.shape[2:].numel()) if last else (1, 1)
    programs = (triton.cdiv(count, _BLOCK),)
    _drop[programs](values, found, draws.key, draws.threshold, draws.factor, count, channels, pixels, _BLOCK)
    return found


@triton.jit
def _drop(
    values, found, key, threshold, factor, count, channels: tl.constexpr, pixels: tl.constexpr, block: tl.constexpr
):
    at = tl.program_id(0) * block + tl.arange(0, block)
    inside = at < count
    pixel = at // channels
    place = (pixel // pixels * channels + at % channels) * pixels + pixel % pixels
    draws = _mixed(place.to(tl.uint32) ^ tl.load(key).to(tl.uint32, bitcast=True)).to(tl.int32, bitcast=True)
    value = tl.load(values + at, mask=inside)
    kept = tl.where(draws >= threshold, value.to(tl.float32) * factor, 0.0)
    tl.store(found + at, kept.to(value.dtype), mask=inside)


@triton.jit
def _advance(seed, step, key):
    taken = tl.load(step)
    start = tl.load(seed).to(tl.uint32, bitcast=True)
    mixed = _mixed(start ^ _mixed(taken.to(tl.uint32, bitcast=True)))
    tl.store(key, mixed.to(tl.int32, bitcast=True))
    tl.store(step, taken + 1)


@triton.jit
def _mixed(bits):
    """Return MurmurHash3's 32-bit finalizer (Appleby's fmix32) of uint32."""
    bits = (bits ^ (bits >> 16)) * 0x85EBCA6B
    bits = (bits ^ (bits >> 13)) * 0xC2B2AE35
    return bits ^ (bits >> 16)
