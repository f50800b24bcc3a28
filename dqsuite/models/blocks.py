"""What several architectures are made of."""

from __future__ import annotations

import torch
from torch import nn

from dqsuite.models.architecture import ImageShape
from dqsuite.models.evaluating import evaluating


def scaled(count: int, width: float) -> int:
    """Return a count of channels or hidden units times the width, rounded, at least 1."""
    return max(1, round(count * width))


def conv_bn(inputs: int, outputs: int, kernel: int, stride: int = 1, *, bias: bool = False) -> nn.Sequential:
    """Return a convolution that keeps the size (divided by the stride), and BatchNorm."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=bias)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


def conv_bn_relu(inputs: int, outputs: int, kernel: int, stride: int = 1, *, bias: bool = False) -> nn.Sequential:
    """Return `conv_bn` followed by ReLU."""
    return conv_bn(inputs, outputs, kernel, stride, bias=bias).append(nn.ReLU(inplace=True))


def pooled_classifier(inputs: int, num_classes: int) -> nn.Sequential:
    """Return global average pooling and the dense layer to the logits."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, num_classes))


def count_features(layers: nn.Module, image_shape: ImageShape) -> int:
    """Return how many numbers the layers make of one image (H, W, C), for the dense layer that follows them."""
    height, width, channels = image_shape
    with evaluating(layers):
        return layers(torch.zeros(1, channels, height, width)).numel()  # type: ignore[no-any-return]
