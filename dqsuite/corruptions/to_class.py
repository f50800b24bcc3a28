"""Labels set to one class."""

from __future__ import annotations

import numpy as np

from dqsuite.corruptions.base import Indices, LabelNoise, Labels
from dqsuite.corruptions.values import FRACTION, ClassName


def to_class(labels: Labels, picked: Indices, rng: np.random.Generator, num_classes: int, *, class_: int) -> Labels:
    """Return class ``c`` for each of the picked.

    Source: He et al. 2019 (c = 0). Formula: y' = c; what is c already stays.
    Effective rate: x(1 - p_c) for the share p_c of class c.
    """
    return np.full_like(picked, class_)


CORRUPTION = LabelNoise(to_class, FRACTION, {"class": ClassName(default="0")})
