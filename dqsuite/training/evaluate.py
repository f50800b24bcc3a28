"""Measuring a model on the clean test set."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dqsuite.core.errors import DqError
from dqsuite.models.evaluating import evaluating
from dqsuite.training.batches import Scaling


class TestSet:
    """The clean test images uint8 (N, H, W, C) on the device, and their labels int64 (N,) beside."""

    def __init__(
        self, images: NDArray[np.uint8], labels: NDArray[np.int64], classes: int, scaling: Scaling, device: str
    ) -> None:
        self.images = torch.from_numpy(images).to(device)
        self.labels, self.classes = labels, classes
        self.scaling = scaling
        self.dtype = np.uint8 if classes <= 256 else np.uint16

    def logits(self, model: nn.Module, portion: int, *, bf16: bool) -> Tensor:
        """Return float32 (N, K), the model in evaluation mode and in the precision of its training.

        In bfloat16 the two highest logits of some images tie, and a tie would go to the lower class: such images are
        evaluated in float32.

        Parameters
        ----------
        portion : int
            Records at a time.
        """
        logits = self._logits(model, self.images, portion, bf16=bf16)
        if bf16:
            first, second = logits.topk(2).values.unbind(1)
            tied = first == second
            if tied.any():
                logits[tied] = self._logits(model, self.images[tied], portion, bf16=False)
        return logits

    def _logits(self, model: nn.Module, images: Tensor, portion: int, *, bf16: bool) -> Tensor:
        with evaluating(model), torch.autocast(images.device.type, torch.bfloat16, enabled=bf16):
            logits = torch.cat([model(self.scaling(part)) for part in torch.split(images, portion)])
        if logits.shape != (len(images), self.classes):
            raise DqError(
                f"the model returned {tuple(logits.shape)} for {len(images)} images of {self.classes} classes",
                "let forward return logits (B, K) for a batch of any size",
            )
        return logits.float()

    def predictions(self, logits: Tensor) -> NDArray[np.unsignedinteger[Any]]:
        """Return the predicted class of each image (N,), uint8 or uint16."""
        return logits.argmax(1).cpu().numpy().astype(self.dtype)

    @staticmethod
    def probabilities(logits: Tensor) -> NDArray[np.float16]:
        """Return the probability of each class (N, K)."""
        return logits.softmax(1).cpu().numpy().astype(np.float16)

    @staticmethod
    def confidences(logits: Tensor) -> NDArray[np.float16]:
        """Return the probability of each predicted class (N,)."""
        return logits.softmax(1).amax(1).cpu().numpy().astype(np.float16)
