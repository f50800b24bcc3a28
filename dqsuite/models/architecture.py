"""What the registry of models and `identify` hand out; neither needs torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

ImageShape = tuple[int, int, int]
"""Height, width and channels (H, W, C) of one image, as in the data set."""


@dataclass(frozen=True)
class Architecture:
    """A model of our own.

    Attributes
    ----------
    factory : str
        ``package.module:function`` with the signature ``(num_classes, image_shape, width=1) -> nn.Module``; a text, so
        that a list of the models does not import torch.
    about : str
        What it is, and whose.
    multiplications : float
        Millions of them that a pass forward takes for one colour image of 32×32 pixels, at width 1.
    version : int
        Rises when the distribution of outcomes changes: another layer or another initialisation, not faster code.
    compiled : bool
        Whether dqsuite's compiled layers train it at least 1.3 times as fast as torch's (``tests/bench/table.py
        kernels``); where they do not, it has torch's.
    """

    factory: str
    about: str
    multiplications: float
    version: int = 1
    compiled: bool = True


@dataclass(frozen=True)
class ModelIdentity:
    """What a model's text means here and now.

    Attributes
    ----------
    name : str
        The canonical text, which stands in a cell; code that is not ours stands in it with its digest or version.
    factory : callable
        ``(num_classes, image_shape) -> nn.Module``, the width already given; imports torch when called.
    """

    name: str
    factory: Callable[[int, ImageShape], nn.Module]
