"""What a GPU is told before it trains, and ways to tell it less: many small kernels are what a small model takes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache

import torch
from torch import nn

from dqsuite.models.dropout import Dropout


@contextlib.contextmanager
def on_device(device: str) -> Iterator[None]:
    """Let what is within run as training on a device must: on a GPU on a stream that can be captured.

    There fp32 means float32: torch's default of shortening the factors of convolutions to TF32 is put off, so that
    what a GPU measures may stand beside what a CPU did.
    """
    if device != "cuda":
        yield
        return
    torch.backends.cudnn.conv.fp32_precision = "ieee"  # type: ignore[attr-defined] # torch's stubs lack it
    with torch.cuda.stream(_stream()):
        yield


@cache
def _stream() -> torch.cuda.Stream:
    """Return the one stream of this process: memory that torch keeps for one is of no use to another."""
    return torch.cuda.Stream()  # type: ignore[no-untyped-call] # torch leaves it untyped


def with_fewer_kernels(model: nn.Module) -> nn.Module:
    """Let layers of a model of ours on a GPU do the same with fewer kernels; they stay the objects that they are.

    Dropout takes three kernels in place of some forty, and BatchNorm no longer counts the batches that it has met,
    which nothing asks for.
    """
    kind = _fused_dropout()
    for layer in model.modules():
        if kind and type(layer) is Dropout:
            layer.__class__ = kind
        if isinstance(layer, nn.BatchNorm2d):
            layer.num_batches_tracked = None
    return model


@cache
def _fused_dropout() -> type[Dropout] | None:
    """Return the layer in Triton where that works: torch is without it on Windows, and it asks for a C compiler."""
    try:
        from dqsuite.training.cuda.dropout import FusedDropout

        FusedDropout(0.5).cuda()(torch.zeros(1, device="cuda"))
    except Exception:  # whatever it is, the layer as it is written does the same
        return None
    return FusedDropout
