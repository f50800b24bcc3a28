"""GoogLeNet (Szegedy et al. 2015) with the stem for CIFAR and BatchNorm, as in kuangliu/pytorch-cifar."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from dqsuite.models.architecture import ImageShape
from dqsuite.models.blocks import conv_bn_relu, pooled_classifier, scaled

STAGES = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    (
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
)
"""Channels of each Inception, in the order of Szegedy et al.'s table 1: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool
proj; the image is halved between stages."""


def googlenet(num_classes: int, image_shape: ImageShape, width: float = 1) -> nn.Module:
    """Return GoogLeNet without its auxiliary classifiers; 6,166,250 parameters at 32×32×3 and 10 classes."""
    channels = scaled(192, width)
    layers: list[nn.Module] = [_conv(image_shape[2], channels, 3)]
    for number, stage in enumerate(STAGES):
        if number:
            layers.append(nn.MaxPool2d(3, stride=2, padding=1))
        for row in stage:
            inception = Inception(channels, [scaled(count, width) for count in row])
            layers.append(inception)
            channels = inception.outputs
    return nn.Sequential(*layers, pooled_classifier(channels, num_classes))


class Inception(nn.Module):
    """Four branches side by side: 1×1; 3×3; 5×5 as two 3×3; pooling. `counts` is a row of `STAGES`."""

    def __init__(self, inputs: int, counts: list[int]) -> None:
        super().__init__()
        one, three_reduce, three, five_reduce, five, pool = counts
        self.outputs = one + three + five + pool
        self.branches = nn.ModuleList(
            [
                _conv(inputs, one, 1),
                nn.Sequential(_conv(inputs, three_reduce, 1), _conv(three_reduce, three, 3)),
                nn.Sequential(_conv(inputs, five_reduce, 1), _conv(five_reduce, five, 3), _conv(five, five, 3)),
                nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), _conv(inputs, pool, 1)),
            ]
        )

    def forward(self, images: Tensor) -> Tensor:
        """Map (B, inputs, H, W) to (B, outputs, H, W)."""
        return torch.cat([branch(images) for branch in self.branches], dim=1)


def _conv(inputs: int, outputs: int, kernel: int) -> nn.Module:
    return conv_bn_relu(inputs, outputs, kernel, bias=True)
