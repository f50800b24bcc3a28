"""The next class, from another package."""

from __future__ import annotations

from dqsuite import claim
from dqsuite.claims.source import Setup, Source
from dqsuite.core.grammar import parse_term
from dqsuite.corruptions.base import LabelNoise
from dqsuite.corruptions.values import Number
from dqsuite.datasets import Kind, digits
from dqsuite.experiment.recipes import Recipe
from dqsuite.models import Architecture
from dqsuite.statistics.criteria import below
from dqsuite.statistics.estimate import change


def _next_class(labels, picked, rng, num_classes):
    return (labels[picked] + 1) % num_classes


def linear(num_classes, image_shape, width=1):
    from torch import nn

    height, side, channels = image_shape
    return nn.Sequential(nn.Flatten(), nn.Linear(height * side * channels, num_classes))


class FewDigits:
    def __init__(self):
        self._all = digits.source(parse_term("digits"))

    def stamp(self):
        return f"few_digits {self._all.stamp()}"

    def read(self):
        arrays = self._all.read()
        return arrays._replace(x_train=arrays.x_train[:200], y_train=arrays.y_train[:200])

    def name(self, fingerprint):
        return "few_digits"


NEXT_CLASS = LabelNoise(_next_class, Number(low="0", high="1", example="0.1"), version=7)
LINEAR = Architecture("stranger:linear", "one layer", multiplications=0.03, version=3)
FEW_DIGITS = Kind(lambda term: FewDigits(), "200 handwritten digits")
BRIEF = Recipe("brief", epochs=2, batch_size=20)


@claim("stranger-next-class-hurts", "half of the labels moved on hurt", "the change of accuracy below 0")
def next_class_hurts(measured):
    after, before = (measured.at("linear", name, data="few_digits") for name in ("next_class:0.5", "clean"))
    return below(change(after.right(), before.right()).scaled(100), unit="points")


SOURCE = Source(
    "stranger",
    "A finding of another package",
    "nobody",
    "Half of the labels moved on.",
    [next_class_hurts],
    setups={"full": {("few_digits", "linear"): Setup("few_digits", "linear", BRIEF, repeats=2)}},
)
