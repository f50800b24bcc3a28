"""Dropout that draws the same elements on every device.

A device's own generator would give each device its own draws. Here an element's draw is a hash of the element's
position, the number of the forward and the layer's seed, so nothing is drawn and nothing has to be kept in step.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from dqsuite.core.errors import DqError


class Dropout(nn.Module):
    """Zeroes each element with probability p while training, and scales the others by 1 / (1 - p).

    Seed and step are buffers, advanced in place, so that a captured CUDA graph draws anew at each replay; they are not
    persistent, so that a state dict holds weights only.

    Parameters
    ----------
    p : float
        Share of the elements that is zeroed, 0 ≤ p < 1.

    Raises
    ------
    DqError
        p is outside that.
    """

    _seed: Tensor
    _step: Tensor

    def __init__(self, p: float) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise DqError(f"dropout probability {p} is not in [0, 1)", "write the share that is zeroed, such as 0.5")
        self.p = p
        self.register_buffer("_seed", torch.zeros((), dtype=torch.int32), persistent=False)
        self.register_buffer("_step", torch.zeros((), dtype=torch.int32), persistent=False)

    def seed(self, value: int) -> None:
        """Start the draws of another seed, -2**31 ≤ value < 2**31, from its beginning."""
        self._seed.fill_(value)
        self._step.zero_()

    def forward(self, inputs: Tensor) -> Tensor:
        """Map float (B, ...) to the same shape and memory format; in eval mode the identity."""
        if not self.training:
            return inputs
        return torch.where(self._draws(inputs) >= self.threshold, inputs / (1 - self.p), 0.0)

    @property
    def threshold(self) -> int:
        """The draw, of all int32, below which an element is zeroed."""
        return min(round(self.p * 2**32), 2**32 - 1) - 2**31

    def next_key(self) -> Tensor:
        """Return int32 (), which the places are mixed with in the next forward, and take a step."""
        key = _mixed(self._seed ^ _mixed(self._step))
        self._step.add_(1)
        return key

    def extra_repr(self) -> str:
        """Return what stands in the layer's repr."""
        return f"p={self.p}"

    def _draws(self, inputs: Tensor) -> Tensor:
        """Return int32 of the input's shape and memory format, uniform over all int32."""
        position = torch.arange(inputs.numel(), dtype=torch.int32, device=inputs.device).view(inputs.shape)
        # laid out as the input is, or the output would lose channels_last
        position = torch.empty_like(inputs, dtype=torch.int32).copy_(position)
        return _mixed(position ^ self.next_key())


def seed_dropout(module: nn.Module, seed: int) -> None:
    """Seed each `Dropout` in the module differently, all of them from one seed ≥ 0."""
    layers = [layer for layer in module.modules() if isinstance(layer, Dropout)]
    values = np.random.SeedSequence(seed).generate_state(len(layers), np.uint32).view(np.int32)
    for layer, value in zip(layers, values.tolist(), strict=True):
        layer.seed(value)


def _mixed(bits: Tensor) -> Tensor:
    """Return MurmurHash3's 32-bit finalizer (Appleby's fmix32) of int32, in which products wrap around."""
    bits = _folded(bits, 16) * (0x85EBCA6B - 2**32)
    bits = _folded(bits, 13) * (0xC2B2AE35 - 2**32)
    return _folded(bits, 16)


def _folded(bits: Tensor, by: int) -> Tensor:
    # torch's shift repeats the sign bit; the mask makes it the logical shift of unsigned numbers
    return torch.bitwise_xor(bits, (bits >> by) & (2 ** (32 - by) - 1))
