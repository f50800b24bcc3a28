"""A model's forward in bfloat16, its weights shortened all at once."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.func import functional_call


class Shortened:
    """Runs a model of ours as torch's autocast does, and to the same bits.

    Autocast shortens each weight by a kernel of its own and lengthens its gradient by another, which are up to a third
    of the kernels of a small model's step. Here one kernel shortens all and one lengthens all gradients.

    Parameters
    ----------
    model : Module
        Takes the weights of its convolutions and linear layers for nothing but what these layers do.
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self._long = {
            f"{name}.{own}" if name else own: parameter
            for name, layer in model.named_modules()
            if isinstance(layer, nn.Conv2d | nn.Linear)
            for own, parameter in layer.named_parameters(recurse=False)
        }
        self._short = {name: parameter.detach().bfloat16().requires_grad_() for name, parameter in self._long.items()}

    @torch.no_grad()
    def shorten(self) -> None:
        """Take over the model's weights as they are now."""
        torch._foreach_copy_(list(self._short.values()), list(self._long.values()))

    def __call__(self, images: Tensor) -> Tensor:
        """Map images float32 (B, C, H, W) to logits (B, K), within autocast to bfloat16."""
        logits: Tensor = functional_call(self.model, self._short, (images,))
        return logits

    @torch.no_grad()
    def hand_gradients(self) -> None:
        """Add the gradients of the last backward to those of the model's weights."""
        met = [(self._long[name], short) for name, short in self._short.items() if short.grad is not None]
        added = [torch.empty_like(long) for long, _ in met]
        torch._foreach_copy_(added, [short.grad for _, short in met if short.grad is not None])
        for (long, short), gradient in zip(met, added, strict=True):
            long.grad = gradient if long.grad is None else long.grad + gradient
            short.grad = None
