"""Network in Network for CIFAR (Lin, Chen and Yan 2013)."""

from __future__ import annotations

from torch import nn

from dqsuite.models.architecture import ImageShape
from dqsuite.models.blocks import scaled
from dqsuite.models.dropout import Dropout
from dqsuite.models.initialisation import he_normal


def nin(num_classes: int, image_shape: ImageShape, width: float = 1) -> nn.Module:
    """Return three mlpconv layers and global average pooling; 966,986 parameters at 32×32×3 and 10 classes.

    Counts, pooling and the ReLU before the last pooling are those of the authors' published Caffe model. The initial
    weights are He et al.'s (2015), which suit any width.
    """
    c192, c160, c96 = (scaled(count, width) for count in (192, 160, 96))
    return nn.Sequential(
        *_mlpconv(5, image_shape[2], c192, c160, c96),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        Dropout(0.5),
        *_mlpconv(5, c96, c192, c192, c192),
        nn.AvgPool2d(3, stride=2, ceil_mode=True),
        Dropout(0.5),
        *_mlpconv(3, c192, c192, c192, num_classes),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    ).apply(he_normal)


def _mlpconv(kernel: int, inputs: int, first: int, second: int, third: int) -> list[nn.Module]:
    """Return a convolution and a two-layer perceptron across channels at each pixel (Lin et al. 2013, eq. 2)."""
    return [
        nn.Conv2d(inputs, first, kernel, padding=kernel // 2),
        nn.ReLU(),
        nn.Conv2d(first, second, 1),
        nn.ReLU(),
        nn.Conv2d(second, third, 1),
        nn.ReLU(),
    ]
