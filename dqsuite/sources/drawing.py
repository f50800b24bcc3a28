"""What the figures of several sources share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import NamedTuple, TypeVar

import numpy as np

from dqsuite.charts.figures import Curve, Point
from dqsuite.claims.requirements import NotMeasured
from dqsuite.claims.statements import noise
from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.simultaneous import Cells, at_once

MODEL_NAMES = {
    "custom": "Custom CNN",
    "lenet": "LeNet",
    "resnet18": "ResNet18",
    "unresnet18": "UnResNet18",
    "googlenet": "GoogLeNet",
    "lenet5": "LeNet-5",
    "resnet20": "ResNet-20",
    "nin": "NIN",
}
DATA_NAMES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "cifar10": "CIFAR-10", "cifar100": "CIFAR-100"}

DAMAGES: Mapping[str, Callable[[str], str]] = {"noise": noise, "less": "reduce:{}".format}
"""What is done at a level, by the tone of its curve."""

DAMAGE_NAMES = {"noise": "label noise", "less": "less data"}

RANKED = "TPR in percent, averaged over repeats, with intervals that cover all classes of a model at once (95%)."

CONVENTION = "Truth in rows; the sources draw it along the bottom."

Item = TypeVar("Item")


def stored(makers: Iterable[Callable[[], Item]]) -> list[Item]:
    """Return what can be drawn from what is stored. Raises NotMeasured, as the last maker did, where nothing can."""
    found, reason = [], NotMeasured("nothing of it is stored")
    for make in makers:
        try:
            found.append(make())
        except NotMeasured as missing:
            reason = missing
    if not found:
        raise reason
    return found


def beside(clean: Callable[[], Item], makers: Iterable[Callable[[], Item]]) -> list[Item]:
    """Return the clean baseline, where it is stored, and the rest. Raises NotMeasured where nothing of the rest is."""
    rest = stored(makers)
    with contextlib.suppress(NotMeasured):
        rest.insert(0, clean())
    return rest


class Level(NamedTuple):
    """What was measured at one place of a curve, with a word on it for the table of numbers."""

    x: float
    estimate: Estimate
    note: str = ""


def response(name: str, tone: str, levels: Sequence[Level]) -> Curve:
    """Return a curve with the interval of each level, and those that cover all levels at once."""
    wide = at_once([each.estimate for each in levels])
    several = sum(isfinite(each.low) for each in wide) > 1
    points = []
    for level, at_all in zip(levels, wide, strict=True):
        mean, low, high, _ = level.estimate.interval()
        ends = {"least": at_all.low, "most": at_all.high} if several else {}
        points.append(Point(level.x, mean, low, high, level.note, **ends))
    return Curve(name, tone, points)


def ranking(recalls: Cells, classes: Sequence[str]) -> list[str]:
    """Return the classes with their recalls (K,) and intervals in percent, the least accurate first."""
    order = np.argsort(recalls.mean, kind="stable")
    return [f"{classes[index]} {_in_percent(recalls, index)}" for index in order]


def _in_percent(recalls: Cells, index: int) -> str:
    mean, low, high = (100 * float(each[index]) for each in (recalls.mean, recalls.low, recalls.high))
    return f"{mean:.1f} ({low:.1f} to {high:.1f})" if isfinite(low) else f"{mean:.1f}"


def percent(level: str) -> float:
    """Return a level such as ``0.05`` in percent, without the noise of binary fractions."""
    return round(100 * float(level), 6)
