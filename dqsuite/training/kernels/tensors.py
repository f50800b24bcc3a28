"""What the compiled functions are given: addresses of float32, of images in channels_last."""

from __future__ import annotations

import ctypes

import torch
from torch import Tensor

from dqsuite.training.kernels.compiled import library


def address(values: Tensor | None) -> ctypes.c_void_p:
    """Return where the values of a tensor begin, which has to outlive the call; None becomes null."""
    return ctypes.c_void_p(None if values is None else values.data_ptr())


def ordered(images: Tensor) -> Tensor:
    """Return images (B, C, H, W) in channels_last, which they mostly are."""
    return images.contiguous(memory_format=torch.channels_last)


def blank(like: Tensor, channels: int, rows: int, columns: int) -> Tensor:
    """Return images (B, channels, rows, columns) to be filled, in channels_last.

    What a function returns must be made so: autograd lets nobody change a view in place, as a ReLU may.
    """
    shape = len(like), channels, rows, columns
    return torch.empty(shape, dtype=torch.float32, memory_format=torch.channels_last)


def blank_like(values: Tensor) -> Tensor:
    """Return images of the same shape to be filled, in channels_last."""
    return torch.empty_like(values, memory_format=torch.channels_last)


def fill(channels: int) -> bool:
    """Return whether channels fill the vectors that they are the lanes of."""
    return channels % int(library().vector_width()) == 0


def has(tensor: Tensor | None, *shape: int | None) -> bool:
    """Return whether a tensor is float32 of a shape, where None is any length.

    C++ would read on beyond the end of another one; torch takes it, or says what is wrong with it.
    """
    return (
        tensor is not None
        and tensor.dtype == torch.float32
        and tensor.dim() == len(shape)
        and all(wanted in (None, length) for wanted, length in zip(shape, tensor.shape, strict=True))
    )
