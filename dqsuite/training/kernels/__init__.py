"""Layers that are faster on one thread of a CPU than torch's, compiled from C++ on the machine that trains.

They are optional: without a compiler torch's own are used. Results differ by rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def with_kernels(model: nn.Module, *, ours: bool) -> nn.Module:
    """Return the model with compiled layers that share its weights wherever they fit.

    For float32 on a CPU, and where `dqsuite.training.kernels.compiled.compiled` is true.

    Parameters
    ----------
    ours : bool
        Whether nothing but the model's output is looked at. A user's code may look at what is between two layers, so
        these are not made one.
    """
    from dqsuite.training.kernels.layers import with_compiled_layers
    from dqsuite.training.kernels.small_convolutions import with_small_convolutions

    return with_compiled_layers(with_small_convolutions(model) if ours else model, fused=ours)
