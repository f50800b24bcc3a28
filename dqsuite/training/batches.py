"""Batches from images that stay on the device: gathered, augmented and scaled there, with draws made on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from dqsuite.corruptions import Damaged
from dqsuite.experiment.recipes import Recipe
from dqsuite.models.evaluating import evaluating
from dqsuite.training.kernels.compiled import compiled
from dqsuite.training.kernels.preparation import prepared

_BLOCK = 1000  # images counted at a time: bincount makes eight bytes of each pixel
_NO_BATCH_STATISTICS = 1  # a batch of one record has no variance, and BatchNorm refuses it


@dataclass(frozen=True)
class Scaling:
    """``(pixel - offset) / scale``, per channel: float32 (C,) each, on the device."""

    offset: Tensor
    scale: Tensor

    @classmethod
    def of(cls, images: NDArray[np.uint8], kind: str, device: str) -> Scaling:
        """Measure the scaling on the training images (N, H, W, C): those the model sees, damage included."""
        channels = images.shape[3]
        if kind == "unit":
            mean, deviation = np.zeros(channels), np.full(channels, 255.0)
        else:
            counts = np.stack([_histogram(images[..., channel]) for channel in range(channels)])
            counts = counts if kind == "channel" else np.broadcast_to(counts.sum(0), counts.shape)
            levels = np.arange(256)
            mean = counts @ levels / counts.sum(1)
            deviation = np.sqrt(counts @ levels**2 / counts.sum(1) - mean**2).clip(min=1.0)
        offset, scale = torch.tensor(np.stack([mean, deviation]), dtype=torch.float32, device=device)
        return cls(offset, scale)

    def __call__(self, images: Tensor) -> Tensor:
        """Scale (B, H, W, C) of any dtype to float32 (B, C, H, W); NHWC memory is torch's channels_last."""
        offset, scale = (values.view(images.shape[2], -1) for values in self.rows(images.shape[2]))
        return images.float().sub_(offset).div_(scale).permute(0, 3, 1, 2)

    def rows(self, width: int) -> tuple[Tensor, Tensor]:
        """Write offset and scale out for a row of pixels, float32 (width × C,) each.

        An axis of three channels would not fill a processor's vectors.
        """
        return self.offset.repeat(width), self.scale.repeat(width)


def _histogram(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return how many pixels have each value, int64 (256,)."""
    counts = np.zeros(256, np.int64)
    for block in np.array_split(pixels, -(-len(pixels) // _BLOCK)):
        counts += np.bincount(block.ravel(), minlength=256)
    return counts


def batches_in(records: int, recipe: Recipe) -> int:
    """Return the number of batches in a pass over so many records."""
    full, rest = divmod(records, recipe.batch_size)
    return full + (rest > _NO_BATCH_STATISTICS or not full)


class _Draws(NamedTuple):
    """By record: flip or not (n,), crop corner (n, 2), and affine map (n, 2, 3) of rotation and shift."""

    flips: Tensor
    corners: Tensor
    turns: Tensor


class Batches:
    """The training set of one cell on the device, and its order and augmentation from epoch to epoch.

    Everything is drawn for the records of the whole data set and used for those that the damage kept: so every
    condition of a repeat meets the same records in the same order, flipped and turned in the same way.
    """

    def __init__(self, damaged: Damaged, recipe: Recipe, scaling: Scaling, device: str) -> None:
        images = damaged.images
        self.recipe, self.scaling, self.device = recipe, scaling, device
        self.kept, self.total = damaged.kept, damaged.manifest.records_before
        self.height, self.width = images.shape[1:3]
        border = ((0, 0), (recipe.crop, recipe.crop), (recipe.crop, recipe.crop), (0, 0))
        self.images = torch.from_numpy(np.pad(images, border) if recipe.crop else images).to(device).contiguous()
        # a view (N, corners down, corners right, H, W, C), so that a crop is copied row by row, not pixel by pixel
        self.windows = self.images.unfold(1, self.height, 1).unfold(2, self.width, 1).permute(0, 1, 2, 4, 5, 3)
        self.labels = torch.from_numpy(damaged.labels).to(device)
        self.rows = scaling.rows(self.width)
        self.compiled = device == "cpu" and not self._turns and compiled()

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return batches_in(len(self.labels), self.recipe)

    def epoch(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield scaled images float32 (B, C, H, W) and labels int64 (B,) in a new order.

        All draws of the epoch are made here, on the CPU, from `rng`: they are the same on every device.
        """
        order = self._order(rng)
        draws = self._draw(rng)
        for start in range(0, len(self) * self.recipe.batch_size, self.recipe.batch_size):
            records = order[start : start + self.recipe.batch_size]
            yield self._prepared(records, draws), self.labels[records]

    def fitted(self, model: nn.Module, portion: int, sample: int = 0) -> bool:
        """Tell whether the model, in evaluation mode, predicts every record's given label without augmentation.

        It takes `portion` records at a time. With a `sample` it asks for so many records only, the same each time:
        evenly spread over the order of the file.
        """
        crop = slice(self.recipe.crop, -self.recipe.crop or None)
        images, labels = self.images, self.labels
        if 0 < sample < len(labels):
            chosen = self._move(np.linspace(0, len(labels) - 1, sample).astype(np.int64))
            images, labels = images[chosen], labels[chosen]
        with evaluating(model):
            parts = zip(torch.split(images, portion), torch.split(labels, portion), strict=True)
            return all(
                bool((model(self.scaling(images[:, crop, crop])).argmax(1) == labels).all()) for images, labels in parts
            )

    def _order(self, rng: np.random.Generator) -> Tensor:
        """Return the positions of the kept records in the order of a permutation of all, int64 (n,)."""
        position = np.full(self.total, -1)
        position[self.kept] = np.arange(len(self.kept))
        order = position[rng.permutation(self.total)]
        return self._move(order[order >= 0])

    def _draw(self, rng: np.random.Generator) -> _Draws:
        recipe, n = self.recipe, self.total
        flips = rng.random(n) < recipe.flip
        corners = rng.integers(0, 2 * recipe.crop + 1, size=(n, 2))
        angle = np.deg2rad(rng.uniform(-recipe.rotation, recipe.rotation, n))
        shift = 2 * rng.uniform(-recipe.shift, recipe.shift, (n, 2))  # grid_sample's sides are 2 long
        ratio = self.height / self.width
        cos, sin = np.cos(angle), np.sin(angle)
        turns = np.stack([cos, -sin * ratio, shift[:, 0], sin / ratio, cos, shift[:, 1]], axis=1, dtype=np.float32)
        turns = turns.reshape(n, 2, 3)
        return _Draws(*(self._move(drawn[self.kept]) for drawn in (flips, corners, turns)))

    @property
    def _turns(self) -> bool:
        """Whether images are rotated or shifted by parts of a pixel."""
        return bool(self.recipe.rotation or self.recipe.shift)

    def _prepared(self, records: Tensor, draws: _Draws) -> Tensor:
        """Return the images of a batch float32 (B, C, H, W), augmented and scaled."""
        if self.compiled:
            return prepared(self.images, records, (draws.flips, draws.corners), self.rows, self.height)
        batch = self._cropped(records, draws.corners[records]) if self.recipe.crop else self.images[records]
        if self.recipe.flip:
            batch = torch.where(draws.flips[records, None, None, None], batch.flip(2), batch)
        if self._turns:
            batch = self._turned(batch, draws.turns[records])
        return self.scaling(batch)

    def _cropped(self, records: Tensor, corners: Tensor) -> Tensor:
        """Return the crops uint8 (B, H, W, C) whose upper left corners are given."""
        down, right = corners.unbind(1)
        return self.windows[records, down, right]

    @staticmethod
    def _turned(batch: Tensor, turns: Tensor) -> Tensor:
        """Rotate and shift, linear between pixels, the border repeated outside, as Keras' generator does."""
        pixels = batch.permute(0, 3, 1, 2).float()
        grid = functional.affine_grid(turns, list(pixels.shape), align_corners=False)
        turned = functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
        return turned.permute(0, 2, 3, 1)

    def _move(self, draws: NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(draws).to(self.device, non_blocking=True)
