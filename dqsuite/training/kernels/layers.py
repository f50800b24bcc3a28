"""Makes layers of torch compiled ones."""

from __future__ import annotations

from torch import nn

from dqsuite.training.kernels.convolutions import Convolution


def with_compiled_layers(model: nn.Module, *, fused: bool) -> nn.Module:
    """Give layers of a model the class of the compiled one that fits; they stay the objects that they are.

    If `fused`, layers that follow a compiled one in a Sequential may become part of it.
    """
    for layer in model.modules():
        if type(layer) is nn.Conv2d and Convolution.fits(layer):
            layer.__class__ = Convolution
    for parent in model.modules() if fused else ():
        if type(parent) is nn.Sequential:
            _fuse(parent)
    return model


def _fuse(parent: nn.Sequential) -> None:
    """Let each layer absorb those that follow it."""
    layers = list(parent._modules.items())  # named_children would leave out a layer that comes again
    while layers:
        (_, layer), *layers = layers
        if isinstance(layer, Convolution):
            taken = layer.absorb([repr(each) for _, each in layers])
            for name, _ in layers[:taken]:
                setattr(parent, name, nn.Identity())
            layers = layers[taken:]
