"""One layer."""

from torch import nn


def small(num_classes, image_shape):
    height, width, channels = image_shape
    return nn.Sequential(nn.Flatten(), nn.Linear(height * width * channels, num_classes))
