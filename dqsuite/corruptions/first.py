"""The first records of the file."""

from __future__ import annotations

import numpy as np

from dqsuite.core.errors import DqError
from dqsuite.corruptions.base import Indices, Labels, Volume
from dqsuite.corruptions.values import Count


def first(labels: Labels, order: Indices, level: int, num_classes: int) -> Indices:
    """Keep the first ``level`` records, in the order of the file.

    Source: the small training sets of the dataset poisoning study. Formula: records 0 .. level - 1.
    Effective rate: 0, no label changes.

    Raises
    ------
    DqError
        There are fewer records.
    """
    if level > len(labels):
        raise DqError(f"first:{level} asks for more than the {len(labels)} records there are", "keep at most as many")
    return np.arange(level)


CORRUPTION = Volume(first, Count(example="1000"))
