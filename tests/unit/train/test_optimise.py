from __future__ import annotations

import pytest
import torch
from torch import nn

from dqsuite.recipes import RECIPES, Recipe
from dqsuite.train.optimise import Progress, Rate, optimizer


def test_milestones_multiply_the_rate_from_their_epoch_on():
    rate = Rate(RECIPES["lie-custom"], updates=1000)
    assert [rate.at(epoch, 0) for epoch in (0, 75, 76, 124)] == pytest.approx([1e-3, 1e-3, 5e-4, 5e-4])


def test_a_linear_schedule_ends_at_zero():
    rate = Rate(Recipe(epochs=1, learning_rate=0.1, schedule="linear"), updates=10)
    assert [rate.at(0, update) for update in (0, 5, 9)] == pytest.approx([0.1, 0.05, 0.01])


def test_a_plateau_lowers_the_rate_and_patience_ends_the_training():
    """Keras' rules: five epochs without a gain above 1e-4 multiply the rate by .1, ten without a better one end."""
    recipe = RECIPES["poisoning"]
    rate, progress = Rate(recipe, 10_000), Progress(recipe)
    assert not progress.update(0.8, rate)
    stopped, rates = [], []
    for _ in range(10):
        stopped.append(progress.update(0.8, rate))
        rates.append(rate.at(0, 0))
    assert stopped == [False] * 9 + [True]
    assert rates == pytest.approx([1e-3] * 4 + [1e-4] * 5 + [1e-5])


def test_a_gain_below_the_threshold_is_better_but_no_gain():
    recipe = RECIPES["poisoning"]
    rate, progress = Rate(recipe, 10_000), Progress(recipe)
    accuracies = [0.8 + 1e-5 * step for step in range(12)]
    assert not any(progress.update(accuracy, rate) for accuracy in accuracies)
    assert rate.at(0, 0) == pytest.approx(1e-5)


def test_without_patience_training_goes_on():
    progress = Progress(RECIPES["standard"])
    assert not any(progress.update(0.1, Rate(RECIPES["standard"], 10)) for _ in range(50))


def test_decay_of_convolutions_leaves_the_rest_alone():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2, 2))
    groups = optimizer(model, RECIPES["lie-custom"]).param_groups
    decaying = [parameter for group in groups if group["weight_decay"] for parameter in group["params"]]
    assert [id(parameter) for parameter in decaying] == [id(model[0].weight)]
    assert sum(len(group["params"]) for group in groups) == len(list(model.parameters()))


@pytest.mark.parametrize(
    ("name", "kind", "epsilon"),
    [
        ("lie-lenet", torch.optim.SGD, None),
        ("poisoning", torch.optim.Adam, 1e-7),
        ("lie-custom", torch.optim.RMSprop, 1e-7),
    ],
)
def test_optimisers_have_the_constants_of_the_sources_frameworks(name, kind, epsilon):
    made = optimizer(nn.Linear(2, 2), RECIPES[name])
    assert isinstance(made, kind)
    assert made.defaults.get("eps") == epsilon
