"""One step of training: a batch's loss, its gradient, and the move of the optimiser."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dqsuite.training.optimise import Optimizer
from dqsuite.training.shortened import Shortened


class Step:
    """Trains `model` on a batch, `portion` records at a time, whose gradients are added up.

    With `bf16` the forward is made in bfloat16 where torch's autocast finds that it can be; where the model is `ours`,
    its weights are shortened at once.
    """

    def __init__(self, model: nn.Module, optimizer: Optimizer, portion: int, *, bf16: bool, ours: bool) -> None:
        self.model, self.optimizer, self.portion, self.bf16 = model, optimizer, portion, bf16
        self.shortened = Shortened(model) if bf16 and ours else None

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step on images float32 (B, C, H, W) and labels int64 (B,).

        Returns the batch's mean loss, float32 (), and its logits (B, K), without their history.
        """
        self.optimizer.zero_grad()
        if self.shortened:
            self.shortened.shorten()
        parts = zip(torch.split(images, self.portion), torch.split(labels, self.portion), strict=True)
        losses, logits = zip(*(self._gradient(*part, len(labels)) for part in parts), strict=True)
        self.optimizer.step()
        return torch.stack(losses).sum(), torch.cat(logits)

    def _gradient(self, images: Tensor, labels: Tensor, total: int) -> tuple[Tensor, Tensor]:
        """Add the gradient of some records of a batch of `total`; return their share of the mean loss, and logits."""
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.bf16):
            logits = (self.shortened or self.model)(images)
        loss = cross_entropy(logits.float(), labels, reduction="sum") / total
        loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        if self.shortened:
            self.shortened.hand_gradients()
        return loss.detach(), logits.detach()
