"""What a GPU is told before it trains, and steps that it replays instead of being told each kernel again."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from functools import cache

import torch
from torch import Tensor

from dqsuite.training.step import Step

_FIRST = 3  # steps taken as they are written: libraries choose their algorithms in them, and take their memory


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


class Replayed:
    """A step that a GPU records for each size of batch, and replays from then on.

    A small model's kernels take less time than launching them one by one. What is replayed are the kernels alone: the
    step must do the same at each call and hand the host nothing, as those of our models do.
    """

    def __init__(self, step: Step) -> None:
        self._step = step
        self._met: Counter[int] = Counter()
        self._graphs: dict[int, _Graph] = {}

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Take a step; see `Step`. What it returns is overwritten by the next."""
        size = len(labels)
        self._met[size] += 1
        if self._met[size] <= _FIRST:
            return self._step(images, labels)
        if size not in self._graphs:
            self._graphs[size] = _Graph(self._step, images, labels)
        return self._graphs[size](images, labels)


class _Graph:
    """The kernels of a step on a batch of one size, and the memory where they find it."""

    def __init__(self, step: Step, images: Tensor, labels: Tensor) -> None:
        self._images, self._labels = images.clone(), labels.clone()
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, stream=torch.cuda.current_stream()):
            self._told = step(self._images, self._labels)

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        self._images.copy_(images)
        self._labels.copy_(labels)
        self._graph.replay()
        return self._told
