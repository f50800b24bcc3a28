"""Makes layers of torch compiled ones."""

from __future__ import annotations

from torch import nn

from dqsuite.models.dropout import Dropout
from dqsuite.models.resnet import BasicBlock
from dqsuite.training.kernels.convolutions import Convolution
from dqsuite.training.kernels.dropout import CompiledDropout
from dqsuite.training.kernels.normalisation import Block, Normalisation

_COMPILED: dict[type[nn.Module], type[Convolution | Normalisation | CompiledDropout]] = {
    nn.Conv2d: Convolution,
    nn.BatchNorm2d: Normalisation,
    Dropout: CompiledDropout,
}


def with_compiled_layers(model: nn.Module, *, fused: bool) -> nn.Module:
    """Give layers of a model the class of the compiled one that fits; they stay the objects that they are.

    If `fused`, layers that follow each other in a Sequential, and a residual block, may be made one.
    """
    for layer in model.modules():
        kind = _COMPILED.get(type(layer))
        if kind and kind.fits(layer):
            layer.__class__ = kind
        if fused and type(layer) is BasicBlock:
            layer.__class__ = Block
    for parent in model.modules() if fused else ():
        if type(parent) is nn.Sequential:
            _fuse(parent)
    return model


def _fuse(parent: nn.Sequential) -> None:
    """Let each layer absorb those that follow it."""
    layers = list(parent._modules.items())  # named_children would leave out a layer that comes again
    while layers:
        (_, layer), *layers = layers
        if isinstance(layer, Convolution | Normalisation):
            taken = layer.absorb([repr(each) for _, each in layers])
            for name, _ in layers[:taken]:
                setattr(parent, name, nn.Identity())
            layers = layers[taken:]
