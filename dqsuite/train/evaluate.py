"""Measuring a model on the clean test set."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dqsuite.errors import DqError
from dqsuite.models.evaluating import evaluating
from dqsuite.train.batches import Scaling

_BATCH = 500  # large enough for a GPU, small enough for the cache of a core


class TestSet:
    """The clean test images uint8 (N, H, W, C) on the device, and their labels int64 (N,) beside."""

    def __init__(
        self, images: NDArray[np.uint8], labels: NDArray[np.int64], classes: int, scaling: Scaling, device: str
    ) -> None:
        self.images = torch.from_numpy(images).to(device)
        self.labels, self.classes = labels, classes
        self.scaling = scaling
        self.dtype = np.uint8 if classes <= 256 else np.uint16

    def logits(self, model: nn.Module) -> Tensor:
        """Return float32 (N, K), the model in evaluation mode.

        In full precision whatever the training's is: logits in bfloat16 tie, and ties go to the lower class.
        """
        with evaluating(model):
            logits = torch.cat([model(self.scaling(part)) for part in torch.split(self.images, _BATCH)])
        if logits.shape != (len(self.labels), self.classes):
            raise DqError(
                f"the model returned {tuple(logits.shape)} for {len(self.labels)} images of {self.classes} classes",
                "let forward return logits (B, K) for a batch of any size",
            )
        return logits.float()

    def predictions(self, logits: Tensor) -> NDArray[np.unsignedinteger[Any]]:
        """Return the predicted class of each image (N,), uint8 or uint16."""
        return logits.argmax(1).cpu().numpy().astype(self.dtype)

    @staticmethod
    def confidences(logits: Tensor) -> NDArray[np.float16]:
        """Return the probability of each predicted class (N,)."""
        return logits.softmax(1).amax(1).cpu().numpy().astype(np.float16)
