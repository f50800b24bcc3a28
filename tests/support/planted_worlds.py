"""Worlds whose truth is known, for judges to be tried on."""

from __future__ import annotations

import numpy as np
import pytest

from dqsuite.claims import CLAIMS
from dqsuite.datasets.named import CLASSES
from dqsuite.results.predictions import Predictions

_CLASSES = CLASSES | {"cifar10;size=64": CLASSES["cifar10"]}


class World:
    """Five repeats on 2,000 images: a condition's accuracy, or that of each class, as a table says."""

    def __init__(self, default, curve=(0.5, 0.5), **tables):
        self.default, self.curve, self.tables = default, curve, tables
        self.asked = []

    def at(self, model, condition="clean", *, data="cifar10", epoch=""):
        self.asked.append((model, condition, data))
        names = _CLASSES[data]
        truth = np.repeat(np.arange(len(names)), 2000 // len(names))
        rate = self.tables.get(data, {}).get(condition, self.tables.get("any", {}).get(condition, self.default))
        rates = np.broadcast_to(rate, len(names))[truth]
        luck = np.random.default_rng(0).random(len(truth))  # each image is as hard in every condition
        flips = np.random.default_rng(len(self.asked)).random((5, len(truth))) < 0.01
        right = (luck < rates) ^ flips
        curves = np.tile(np.asarray(self.curve), (5, 1)) + np.linspace(0, 0.001, 5)[:, None]
        return Predictions(truth, names, np.where(right, truth, (truth + 1) % len(names)), curves)


def status(identity, world, **case):
    """Return what a claim's judge says of a world, by one of its cases; the first where none is given."""
    found = CLAIMS[identity]
    chosen = case or found.cases[0]
    assert chosen in found.cases
    return found.judge(world, **chosen).verdict(len(found.cases)).status


def planted(rows):
    """Give a test findings, each with a case, a world in which it is true, and one in which it is false."""
    names = ["-".join([identity, *case.values()]) for identity, case, _, _ in rows]
    return pytest.mark.parametrize(("identity", "case", "true", "false"), rows, ids=names)
