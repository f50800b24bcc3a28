"""Compiled layers must not show in what is measured: an equivalence test of each model against torch's layers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dqsuite import datasets, models
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.statistics.criteria import inside
from dqsuite.statistics.estimate import estimate
from dqsuite.statistics.verdict import Status
from dqsuite.training import train
from dqsuite.training.kernels import with_kernels

DATASET = "planted;channels=3;classes=4;difficulty=0.25;size=16;test=2000;train=600"
SMALLER = "planted;channels=3;classes=4;difficulty=0.1;size=8;test=2000;train=400"
ON_SMALLER = ("unresnet18",)  # which 16×16 images do not train steadily
RECIPE = dataclasses.replace(RECIPES["quick-narrow"], epochs=6, measured=6)
GENTLER = {"unresnet18": dataclasses.replace(RECIPE, learning_rate=0.005)}  # without shortcuts some runs collapse else
POINT = 0.01  # of the accuracy
WIDEST = 0.04  # an interval that could not tell a difference of three points says nothing
REPEATS = {
    "lenet": 6,
    "lenet5": 6,
    "poison_cnn": 16,
    "custom;width=0.5": 14,
    "resnet18;width=0.25": 10,
    "unresnet18;width=0.25": 8,
    "resnet20": 10,
}
"""For an interval of less than a point to each side. Rounding grows in training, so that two runs end apart."""
OTHERS = [
    name
    for name, found in models.MODELS.items()
    if found.compiled and name not in {model.partition(";")[0] for model in REPEATS}
]
USUAL = 10  # repeats of the others


def has_compiled_layers(model):
    found = with_kernels(models.build(model, 4, (16, 16, 3)), ours=True)
    return any(type(layer).__module__.startswith("dqsuite.training.kernels") for layer in found.modules())


@pytest.mark.parametrize("model", REPEATS)
def test_a_model_that_is_named_has_compiled_layers(model):
    assert has_compiled_layers(model)


@pytest.mark.thorough
@pytest.mark.parametrize("model", [*REPEATS, *OTHERS])
def test_a_model_reaches_the_same_accuracy_with_torchs_layers(model, monkeypatch):
    if not has_compiled_layers(model):
        pytest.skip("all of its layers are torch's")
    name = model.partition(";")[0]
    dataset = SMALLER if name in ON_SMALLER else DATASET
    data = datasets.load(dataset)
    plan = plan_grid(
        dataset, [model], [], recipe=GENTLER.get(name, RECIPE), repeats=REPEATS.get(model, USUAL), precision="fp32"
    )

    def right(cell, switch):
        monkeypatch.setenv("DQSUITE_KERNELS", switch)
        outcome = train(cell, data, "cpu", lambda *_: None).outcome
        assert outcome.provenance["convolutions"] == {"on": "compiled", "off": "torch"}[switch]
        return (outcome.last == data.y_test).astype(float)

    differences = np.stack([right(cell, "on") - right(cell, "off") for cell in plan.cells])

    verdict = inside(estimate(differences, low=-1, high=1), -POINT, POINT, unit="accuracy").verdict()
    assert verdict.low is not None
    assert verdict.high is not None
    assert verdict.status is not Status.REFUTED, verdict.describe()
    assert verdict.high - verdict.low < WIDEST, verdict.describe()
    if verdict.status is not Status.HOLDS:  # another processor rounds otherwise, and may need more repeats
        pytest.skip(verdict.describe())
