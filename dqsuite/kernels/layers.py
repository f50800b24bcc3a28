"""Puts compiled layers into the places of torch's."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from dqsuite.kernels.convolutions import compiled_convolution
from dqsuite.kernels.dropout import compiled_dropout
from dqsuite.kernels.normalisation import compiled_block, compiled_normalisation

_MAKERS = compiled_convolution, compiled_normalisation, compiled_block, compiled_dropout


def with_compiled_layers(model: nn.Module, *, fused: bool) -> nn.Module:
    """Put compiled layers that share their weights into the places of the model's that they fit.

    If `fused`, a layer that follows in the same Sequential may become part of the one before it.
    """
    for parent in list(model.modules()):
        layers = list(parent.named_children())
        while layers:
            (name, layer), *layers = layers
            following = [each for _, each in layers] if fused and type(parent) is nn.Sequential else []
            compiled, taken = _compiled(layer, following)
            setattr(parent, name, compiled)
            for gone, _ in layers[:taken]:
                setattr(parent, gone, nn.Identity())
            layers = layers[taken:]
    return model


def _compiled(layer: nn.Module, following: Sequence[nn.Module]) -> tuple[nn.Module, int]:
    """Return what takes the place of a layer, or the layer itself, and how many that follow became part of it."""
    for make in _MAKERS:
        if made := make(layer, following):
            compiled, taken = made
            return compiled.train(layer.training), taken
    return layer, 0
