"""The sequential CNN of the poisoning article, in Keras."""

from __future__ import annotations

from torch import nn

from dqsuite.models.architecture import ImageShape
from dqsuite.models.blocks import count_features, scaled
from dqsuite.models.initialisation import glorot_uniform


def poison_cnn(num_classes: int, image_shape: ImageShape, width: float = 1) -> nn.Module:
    """Return the CNN with Keras' initial weights: six 3×3 convolutions of 32 filters and two dense layers of 128.

    All but the last convolution are valid (they shrink the image by 2) as published; where a side of the image is
    under 24, which is too short for that, all are padded by 1 instead and keep the size. Parameters: 80,874 at 28×28×1
    and 10 classes, 101,930 at 32×32×3, 113,540 with 100 classes.
    """
    filters, hidden = scaled(32, width), scaled(128, width)
    padding = 0 if min(image_shape[:2]) >= 24 else 1
    features = nn.Sequential(
        *_conv_relu(image_shape[2], filters, padding),
        *_conv_relu(filters, filters, padding),
        nn.MaxPool2d(2),
        *_conv_relu(filters, filters, padding),
        *_conv_relu(filters, filters, padding),
        nn.MaxPool2d(2),
        *_conv_relu(filters, filters, padding),
        *_conv_relu(filters, filters, padding=1),
        nn.Flatten(),
    )
    return nn.Sequential(
        features,
        nn.Linear(count_features(features, image_shape), hidden),
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        nn.Linear(hidden, num_classes),
    ).apply(glorot_uniform)


def _conv_relu(inputs: int, outputs: int, padding: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, 3, padding=padding), nn.ReLU()]
