"""LeNet: two 5×5 convolutions, each with pooling, and three dense layers.

The convolutions are valid (they shrink the image by 4) as published; where a side of the image is too short for that,
both are padded by 2 instead and keep the size.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from dqsuite.models.architecture import ImageShape
from dqsuite.models.blocks import count_features, scaled


def lenet(num_classes: int, image_shape: ImageShape, width: float = 1) -> nn.Module:
    """Return LeNet as in kuangliu/pytorch-cifar: ReLU and max-pooling; valid convolutions from 16×16.

    62,006 parameters at 32×32×3 and 10 classes.
    """
    padding = (0, 0) if min(image_shape[:2]) >= 16 else (2, 2)
    return _network(num_classes, image_shape, width, padding=padding, activation=nn.ReLU, pool=nn.MaxPool2d)


def lenet5(num_classes: int, image_shape: ImageShape, width: float = 1) -> nn.Module:
    """Return LeNet-5 (LeCun et al. 1998, section II.B): tanh and average pooling; valid second convolution from 12×12.

    The first convolution is padded by 2, as the paper pads 28×28 to 32×32. As has become usual, pooling has no weights,
    the second convolution sees all channels and the last layer is dense. 61,706 parameters at 28×28×1 and 10 classes.
    """
    padding = (2, 0) if min(image_shape[:2]) >= 12 else (2, 2)
    return _network(num_classes, image_shape, width, padding=padding, activation=nn.Tanh, pool=nn.AvgPool2d)


def _network(
    num_classes: int,
    image_shape: ImageShape,
    width: float,
    *,
    padding: tuple[int, int],
    activation: type[nn.Module],
    pool: Callable[[int], nn.Module],
) -> nn.Module:
    conv1, conv2, dense1, dense2 = (scaled(count, width) for count in (6, 16, 120, 84))
    features = nn.Sequential(
        nn.Conv2d(image_shape[2], conv1, 5, padding=padding[0]),
        activation(),
        pool(2),
        nn.Conv2d(conv1, conv2, 5, padding=padding[1]),
        activation(),
        pool(2),
        nn.Flatten(),
    )
    return nn.Sequential(
        features,
        nn.Linear(count_features(features, image_shape), dense1),
        activation(),
        nn.Linear(dense1, dense2),
        activation(),
        nn.Linear(dense2, num_classes),
    )
