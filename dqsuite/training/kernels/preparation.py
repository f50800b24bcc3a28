"""A batch of training images, prepared in one pass: see `preparation.cpp`."""

from __future__ import annotations

import torch
from torch import Tensor

from dqsuite.training.kernels.compiled import library
from dqsuite.training.kernels.tensors import address


def prepared(
    images: Tensor, records: Tensor, draws: tuple[Tensor, Tensor], rows: tuple[Tensor, Tensor], height: int
) -> Tensor:
    """Return windows of the images, flipped where they should be and scaled, float32 (B, C, height, W), channels_last.

    The bits are those of `dqsuite.training.batches.Scaling` after a crop and a flip by torch.

    Parameters
    ----------
    images : Tensor
        uint8 (N, H, W, C) on the CPU.
    records : Tensor
        Those of the batch, int64 (B,) below N.
    draws : tuple of Tensor
        Of all records: whether they are flipped, bool (N,), and the upper left pixel of their window, down and right,
        int64 (N, 2). The window lies in the image.
    rows : tuple of Tensor
        Offset and scale of a row of a window, float32 (W of the window × C,) each.
    """
    channels = images.shape[3]
    (flips, corners), (offset, scale) = draws, rows
    width = len(offset) // channels
    out = torch.empty(len(records), height, width, channels)
    images, records, flips, corners = (each.contiguous() for each in (images, records, flips, corners))
    library().prepare(
        len(records),
        address(records),
        address(images),
        *images.shape[1:],
        address(flips),
        address(corners),
        height,
        width,
        address(offset),
        address(scale),
        address(out),
    )
    return out.permute(0, 3, 1, 2)
