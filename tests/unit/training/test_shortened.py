from __future__ import annotations

import copy

import pytest
import torch

from dqsuite import models
from dqsuite.experiment.recipes import RECIPES
from dqsuite.training.optimise import Optimizer
from dqsuite.training.step import Step

BATCH = 12


def steps(model, portion, *, ours, count=3):
    """Return the losses and weights of some steps in bfloat16."""
    model = copy.deepcopy(model).train()
    step = Step(model, Optimizer(model, RECIPES["lie-deep"]), portion, bf16=True, ours=ours)
    random = torch.Generator().manual_seed(0)
    losses = [
        step(torch.rand(BATCH, 3, 32, 32, generator=random), torch.randint(0, 10, (BATCH,), generator=random))[0]
        for _ in range(count)
    ]
    return [loss.item() for loss in losses], list(model.parameters())


@pytest.mark.parametrize("name", list(models.MODELS))
def test_it_trains_to_the_same_bits_as_autocast(name):
    model = models.build(f"{name};width=0.125", 10, (32, 32, 3))
    found, weights = steps(model, BATCH, ours=True)
    expected, theirs = steps(model, BATCH, ours=False)
    assert found == expected
    assert all(map(torch.equal, weights, theirs))


def test_gradients_of_portions_are_added_in_float32():
    model = models.build("lenet", 10, (32, 32, 3))
    found, weights = steps(model, 5, ours=True)
    expected, theirs = steps(model, 5, ours=False)
    assert found == expected
    assert all(map(torch.equal, weights, theirs))
