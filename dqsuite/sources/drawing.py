"""What the figures of several sources share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from dqsuite.claims.requirements import NotMeasured
from dqsuite.claims.statements import noise
from dqsuite.results.predictions import Scores
from dqsuite.statistics.estimate import Estimate, Interval, difference, estimate

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


def change(after: Scores, before: Scores) -> Interval:
    """Return the interval of a difference of two means, paired where both sides have the same repeats."""
    return _change(after, before).interval()


def _change(after: Scores, before: Scores) -> Estimate:
    if len(after) == len(before):
        return estimate(after - before)
    return difference(estimate(after), estimate(before))


def percent(level: str) -> float:
    """Return a level such as ``0.05`` in percent, without the noise of binary fractions."""
    return round(100 * float(level), 6)
