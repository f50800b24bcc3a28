"""How many records a model takes at a time: on a CPU as many as keep its activations in the cache of a core."""

from __future__ import annotations

from torch import Tensor, nn

from dqsuite.models.evaluating import evaluating
from dqsuite.training.kernels.convolutions import Convolution
from dqsuite.training.kernels.small_convolutions import Features

_CACHED = 3 * 2**19  # float32 of the largest activation: 6 MB, for the layers before and after it want room too
_ON_CARD = 2000  # a GPU wants much work at a time

_BY_RECORD = {
    *(nn.Sequential, nn.ModuleList, nn.Identity, nn.Conv2d, nn.Linear, nn.ReLU, nn.Tanh),
    *(nn.MaxPool2d, nn.AvgPool2d, nn.Flatten, Convolution, Features),
}


def evaluated(model: nn.Module, image: Tensor) -> int:
    """Return the records to evaluate at a time; `image` is any one, float32 (1, C, H, W)."""
    return _cached(model, image) if image.device.type == "cpu" else _ON_CARD


def trained(model: nn.Module, image: Tensor, batch_size: int) -> int:
    """Return the records of a batch to train at a time, their gradients added up.

    A whole batch unless every layer treats each record by itself (BatchNorm does not), so that the sum is the batch's
    gradient up to rounding.
    """
    separable = all(type(layer) in _BY_RECORD and not _hooked(layer) for layer in model.modules())
    return min(batch_size, _cached(model, image)) if separable and image.device.type == "cpu" else batch_size


def _hooked(layer: nn.Module) -> bool:
    return bool(layer._forward_pre_hooks or layer._forward_hooks)


def _cached(model: nn.Module, image: Tensor) -> int:
    """Return the largest power of two of records whose largest activation stays in the cache."""
    largest = image.numel()

    def note(layer: nn.Module, inputs: object, output: object) -> None:
        nonlocal largest
        if isinstance(output, Tensor):
            largest = max(largest, output.numel())

    hooks = [layer.register_forward_hook(note) for layer in model.modules()]
    with evaluating(model):
        model(image)
    for hook in hooks:
        hook.remove()
    return 1 << max(0, (_CACHED // largest).bit_length() - 1)
