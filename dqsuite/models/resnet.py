"""Residual networks for small images (He et al. 2016), and one without its shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from dqsuite.models.architecture import ImageShape
from dqsuite.models.blocks import conv_bn, conv_bn_relu, pooled_classifier, scaled
from dqsuite.models.initialisation import he_normal

Shortcut = Callable[[int, int, int], nn.Module | None]
"""Makes the path around a block from its input channels, output channels and stride; None for no path."""


def resnet18(num_classes: int, image_shape: ImageShape, width: float = 1) -> nn.Module:
    """Return ResNet-18 with the stem for CIFAR, a 3×3 convolution without pooling, as in kuangliu/pytorch-cifar.

    11,173,962 parameters at 32×32×3 and 10 classes.
    """
    return _network(num_classes, image_shape, _channels((64, 128, 256, 512), width), 2, projection)


def unresnet18(num_classes: int, image_shape: ImageShape, width: float = 1) -> nn.Module:
    """Return resnet18 less its shortcuts, neither identities nor projections (lie2's UnResNet18)."""
    return _network(num_classes, image_shape, _channels((64, 128, 256, 512), width), 2, no_shortcut)


def resnet20(num_classes: int, image_shape: ImageShape, width: float = 1) -> nn.Module:
    """Return ResNet-20 for CIFAR (He et al. 2016, section 4.2), with shortcuts that have no weights (option A).

    269,722 parameters at 32×32×3 and 10 classes. The initial weights of the convolutions are He et al.'s.
    """
    return _network(num_classes, image_shape, _channels((16, 32, 64), width), 3, subsampling).apply(he_normal)


def projection(inputs: int, outputs: int, stride: int) -> nn.Module:
    """Return the identity, or a strided 1×1 convolution where the shape changes (option B)."""
    if (inputs, stride) == (outputs, 1):
        return nn.Identity()
    # the stride stands apart from the convolution: on a CPU, oneDNN's backward of a strided 1×1 convolution of fewer
    # than 8 channels in channels_last writes beyond its memory (torch 2.15)
    return nn.Sequential(Subsample(stride), conv_bn(inputs, outputs, 1))


def subsampling(inputs: int, outputs: int, stride: int) -> nn.Module:
    """Return the identity, or every stride-th pixel with channels of zeros added where the shape changes (option A)."""
    return nn.Identity() if (inputs, stride) == (outputs, 1) else Subsample(stride, added=outputs - inputs)


def no_shortcut(inputs: int, outputs: int, stride: int) -> None:
    """Return no path at all."""


class Subsample(nn.Module):
    """Takes every stride-th pixel, and adds channels of zeros."""

    def __init__(self, stride: int, added: int = 0) -> None:
        super().__init__()
        self.added = added
        self.stride = stride

    def forward(self, images: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C + added, ⌈H / stride⌉, ⌈W / stride⌉)."""
        # not a slice of the images, whose gradient would lose channels_last
        taken = nn.functional.avg_pool2d(images, 1, self.stride)
        return nn.functional.pad(taken, (0, 0, 0, 0, 0, self.added)) if self.added else taken


class BasicBlock(nn.Module):
    """Two 3×3 convolutions, and a shortcut around them if there is one."""

    def __init__(self, inputs: int, outputs: int, stride: int, shortcut: Shortcut) -> None:
        super().__init__()
        self.body = nn.Sequential(conv_bn_relu(inputs, outputs, 3, stride), conv_bn(outputs, outputs, 3))
        self.shortcut = shortcut(inputs, outputs, stride)

    def forward(self, images: Tensor) -> Tensor:
        """Map (B, inputs, H, W) to (B, outputs, ⌈H / stride⌉, ⌈W / stride⌉)."""
        out: Tensor = self.body(images)
        return torch.relu(out if self.shortcut is None else out + self.shortcut(images))


def _channels(counts: tuple[int, ...], width: float) -> tuple[int, ...]:
    return tuple(scaled(count, width) for count in counts)


def _network(
    num_classes: int, image_shape: ImageShape, channels: tuple[int, ...], depth: int, shortcut: Shortcut
) -> nn.Module:
    """Stack a stem, a stage of `depth` blocks for each count of channels, and a classifier."""
    stages = [_stage(channels[0], channels[0], 1, depth, shortcut)]
    stages += [_stage(inputs, outputs, 2, depth, shortcut) for inputs, outputs in pairwise(channels)]
    return nn.Sequential(
        conv_bn_relu(image_shape[2], channels[0], 3), *stages, pooled_classifier(channels[-1], num_classes)
    )


def _stage(inputs: int, outputs: int, stride: int, depth: int, shortcut: Shortcut) -> nn.Module:
    rest = [BasicBlock(outputs, outputs, 1, shortcut) for _ in range(depth - 1)]
    return nn.Sequential(BasicBlock(inputs, outputs, stride, shortcut), *rest)
