"""The other side of the benchmark: the training loop that one would write with PyTorch and torchvision.

It draws the same damage and has the same model, optimiser, augmentation, batches and epochs as the cell. What makes
dqsuite fast is not in it; what would make it slow without need is not in it either: the constants of the scaling are
known to it for free, and our `Dropout`, which pays for equal draws on every device, is torch's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from torchvision import transforms

from dqsuite import corruptions, models
from dqsuite.core import seeds
from dqsuite.datasets import Dataset
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.recipes import Recipe
from dqsuite.models.dropout import Dropout
from speed.styles import Style

_TEST_BATCH = 500
_KERAS_EPSILON = 1e-7

Channels = tuple[list[float], list[float]]
"""Mean and standard deviation of each channel, of pixels from 0 to 1."""


def train_plain(cell: Cell, dataset: Dataset, channels: Channels, device: str, style: Style) -> NDArray[np.bool_]:
    """Train a cell, measuring it after each epoch.

    Parameters
    ----------
    channels : pair of lists
        From `channels_of`.

    Returns
    -------
    bool (N,)
        Whether each test image was predicted right after the last epoch.
    """
    torch.set_num_threads(style.threads)
    torch.manual_seed(cell.repeat)
    recipe = cell.recipe
    damaged = corruptions.apply(
        cell.condition,
        dataset.x_train,
        dataset.y_train,
        dataset.classes,
        seeds.streams(cell.repeat).noise,
    )
    scaling = [transforms.ToTensor(), *([] if recipe.scaling == "unit" else [transforms.Normalize(*channels)])]
    options: dict[str, Any] = {
        "num_workers": style.loaders,
        "pin_memory": device == "cuda",
        "persistent_workers": bool(style.loaders),
    }
    train_set = Pictures(
        damaged.images, damaged.labels, transforms.Compose([*_augmentation(recipe, dataset), *scaling])
    )
    test_set = Pictures(dataset.x_test, dataset.y_test, transforms.Compose(scaling))
    batches = DataLoader(train_set, recipe.batch_size, shuffle=True, **options)
    tests = DataLoader(test_set, _TEST_BATCH, **options)
    model = models.build(cell.model, len(dataset.classes), dataset.x_train.shape[1:])
    model = with_torchs_dropout(model).to(device)
    optimizer = _optimizer(model, recipe)
    for _ in range(recipe.epochs):
        model.train()
        for images, labels in batches:
            optimizer.zero_grad()
            loss = cross_entropy(model(images.to(device, non_blocking=True)), labels.to(device, non_blocking=True))
            loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
            optimizer.step()
        right = _right(model, tests, device)
    return right


def channels_of(dataset: Dataset, scaling: str) -> Channels:
    """Return the constants of the scaling, which one would look up."""
    over = (0, 1, 2) if scaling == "channel" else (0, 1, 2, 3)
    mean, deviation = (np.broadcast_to(f(dataset.x_train, over) / 255, 3) for f in (np.mean, np.std))
    count = dataset.x_train.shape[3]
    return mean[:count].tolist(), deviation[:count].tolist()


class Pictures(TorchDataset[tuple[Tensor, int]]):
    """Images in memory that become PIL images when asked for, as torchvision's own data sets do."""

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64], transform: Any) -> None:
        self.images = images.squeeze(3) if images.shape[3] == 1 else images
        self.labels: Sequence[int] = labels.tolist()
        self.transform = transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        """Return float32 (C, H, W) and the label."""
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


def _augmentation(recipe: Recipe, dataset: Dataset) -> list[Any]:
    shift = (recipe.shift, recipe.shift) if recipe.shift else None
    turning = bool(recipe.rotation or recipe.shift)
    return [
        *([transforms.RandomCrop(dataset.x_train.shape[1:3], recipe.crop)] if recipe.crop else []),
        *([transforms.RandomHorizontalFlip(recipe.flip)] if recipe.flip else []),
        *([transforms.RandomAffine(recipe.rotation, shift)] if turning else []),
    ]


def with_torchs_dropout(model: nn.Module) -> nn.Module:
    """Put torch's own dropout in the place of ours."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, Dropout):
                setattr(parent, name, nn.Dropout(child.p))
    return model


def _optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    kernels = {module.weight for module in model.modules() if isinstance(module, nn.Conv2d)}
    decaying = [p for p in model.parameters() if recipe.decayed == "all" or p in kernels]
    others = [p for p in model.parameters() if recipe.decayed != "all" and p not in kernels]
    groups: list[dict[str, Any]] = [{"params": decaying, "weight_decay": recipe.weight_decay}]
    groups += [{"params": others}] if others else []
    match recipe.optimizer:
        case "sgd":
            return torch.optim.SGD(groups, recipe.learning_rate, recipe.momentum)
        case "adam":
            return torch.optim.Adam(groups, recipe.learning_rate, eps=_KERAS_EPSILON)
        case _:
            return torch.optim.RMSprop(groups, recipe.learning_rate, alpha=0.9, eps=_KERAS_EPSILON)


def _right(model: nn.Module, tests: DataLoader[tuple[Tensor, int]], device: str) -> NDArray[np.bool_]:
    model.eval()
    with torch.no_grad():
        right = [model(images.to(device)).argmax(1).cpu() == labels for images, labels in tests]
    return torch.cat(right).numpy()
