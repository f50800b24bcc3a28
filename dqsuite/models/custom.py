"""The "custom" model of lie1 and lie3: six convolutions in Keras.

Inferred from a much-copied public Keras script of the same depth, epochs, batch and accuracy, cifar10_90.py of
abhijeet3922/Object-recognition-CIFAR-10.
"""

from __future__ import annotations

from torch import nn

from dqsuite.models.architecture import ImageShape
from dqsuite.models.blocks import count_features, scaled
from dqsuite.models.dropout import Dropout
from dqsuite.models.initialisation import glorot_uniform


def custom(num_classes: int, image_shape: ImageShape, width: float = 1) -> nn.Module:
    """Return the CNN with Keras' initial weights; 308,394 trainable parameters at 32×32×3 and 10 classes."""
    first, second, third = (scaled(count, width) for count in (32, 64, 128))
    features = nn.Sequential(
        *_stage(image_shape[2], first, dropout=0.2),
        *_stage(first, second, dropout=0.3),
        *_stage(second, third, dropout=0.4),
        nn.Flatten(),
    )
    dense = nn.Linear(count_features(features, image_shape), num_classes)
    return nn.Sequential(features, dense).apply(glorot_uniform)


def _stage(inputs: int, outputs: int, dropout: float) -> list[nn.Module]:
    return [*_conv_elu_bn(inputs, outputs), *_conv_elu_bn(outputs, outputs), nn.MaxPool2d(2), Dropout(dropout)]


def _conv_elu_bn(inputs: int, outputs: int) -> list[nn.Module]:
    # eps and momentum are Keras' defaults; its momentum 0.99 is the share that stays, torch's the share that is new
    batch_norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01)
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ELU(), batch_norm]
