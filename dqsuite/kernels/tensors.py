"""What the compiled functions take: addresses of float32 in channels_last."""

from __future__ import annotations

import ctypes

import torch
from torch import Tensor, nn

from dqsuite.kernels.compiled import library


def address(values: Tensor | None) -> ctypes.c_void_p:
    """Return where the values of a contiguous tensor begin: it has to outlive the call. None becomes null."""
    return ctypes.c_void_p(None if values is None else values.data_ptr())


def pixels(images: Tensor) -> Tensor:
    """Return images (B, C, H, W) as (B, H, W, C), contiguous, which in channels_last they are."""
    return images.permute(0, 2, 3, 1).contiguous()


def images(pixels: Tensor) -> Tensor:
    """Return (B, H, W, C) as images (B, C, H, W) in channels_last."""
    return pixels.permute(0, 3, 1, 2)


def fill(channels: int) -> bool:
    """Return whether channels fill the vectors that they are the lanes of."""
    return channels % int(library().vector_width()) == 0


def taken(values: Tensor) -> bool:
    """Return whether values are a batch of images in float32: a user's layer may be given others."""
    return values.dim() == 4 and values.dtype == torch.float32


def replaceable(layer: nn.Module) -> bool:
    """Return whether a layer has float32 weights and no hooks, which make its weights or look at its output."""
    hooked = layer._forward_pre_hooks or layer._forward_hooks
    return not hooked and all(weight.dtype == torch.float32 for weight in layer.parameters())
