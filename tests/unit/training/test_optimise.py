from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from dqsuite.experiment.recipes import RECIPES, Recipe
from dqsuite.training.optimise import EarlyStopping, Optimizer, Rate


def test_milestones_multiply_the_rate_from_their_epoch_on():
    rate = Rate(RECIPES["lie-custom"], updates=1000)
    assert [rate.at(epoch, 0) for epoch in (0, 75, 76, 124)] == pytest.approx([1e-3, 1e-3, 5e-4, 5e-4])


def test_a_linear_schedule_ends_at_zero():
    rate = Rate(Recipe(epochs=1, learning_rate=0.1, schedule="linear"), updates=10)
    assert [rate.at(0, update) for update in (0, 5, 9)] == pytest.approx([0.1, 0.05, 0.01])


def test_a_plateau_lowers_the_rate_and_patience_ends_the_training():
    """Keras' rules: five epochs without a gain above 1e-4 multiply the rate by .1, ten without a better one end."""
    recipe = RECIPES["poisoning"]
    rate, progress = Rate(recipe, 10_000), EarlyStopping(recipe)
    assert not progress.update(0.8, rate)
    stopped, rates = [], []
    for _ in range(10):
        stopped.append(progress.update(0.8, rate))
        rates.append(rate.at(0, 0))
    assert stopped == [False] * 9 + [True]
    assert rates == pytest.approx([1e-3] * 4 + [1e-4] * 5 + [1e-5])


def test_a_gain_below_the_threshold_is_better_but_no_gain():
    recipe = RECIPES["poisoning"]
    rate, progress = Rate(recipe, 10_000), EarlyStopping(recipe)
    accuracies = [0.8 + 1e-5 * step for step in range(12)]
    assert not any(progress.update(accuracy, rate) for accuracy in accuracies)
    assert rate.at(0, 0) == pytest.approx(1e-5)


def test_without_patience_training_goes_on():
    progress = EarlyStopping(RECIPES["standard"])
    assert not any(progress.update(0.1, Rate(RECIPES["standard"], 10)) for _ in range(50))


def test_decay_of_convolutions_leaves_the_rest_alone():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2, 2))
    before = [parameter.detach().clone() for parameter in model.parameters()]
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    Optimizer(model, RECIPES["lie-custom"]).step()
    moved = [not torch.equal(one, two) for one, two in zip(model.parameters(), before, strict=True)]
    assert moved == [True, *[False] * (len(moved) - 1)]


@pytest.mark.parametrize(
    ("name", "torchs"),
    [
        ("lie-lenet", lambda p: torch.optim.SGD(p, 0.01, 0.9, weight_decay=5e-4)),
        ("poisoning", lambda p: torch.optim.Adam(p, 1e-3, eps=1e-7)),
        ("lie-custom", lambda p: torch.optim.RMSprop(p, 1e-3, alpha=0.9, eps=1e-7)),
    ],
)
def test_steps_are_those_of_torch_with_the_constants_of_the_sources_frameworks(name, torchs):
    torch.manual_seed(0)
    ours, theirs = nn.Linear(3, 2), nn.Linear(3, 2)
    theirs.load_state_dict(ours.state_dict())
    for model, steps in ((ours, Optimizer(ours, RECIPES[name])), (theirs, torchs(theirs.parameters()))):
        for each in range(4):
            steps.zero_grad()
            model(torch.full((1, 3), each - 1.5)).square().sum().backward()
            steps.step()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-7)


def test_the_rate_is_that_of_the_next_step():
    model = nn.Linear(1, 1, bias=False)
    nn.init.ones_(model.weight)
    steps = Optimizer(model, Recipe(epochs=1, optimizer="sgd", momentum=0.0))
    for rate, expected in ((0.5, 0.5), (0.25, 0.25)):
        model.weight.grad = torch.ones(1, 1)
        steps.rate = rate
        steps.step()
        assert model.weight.item() == pytest.approx(expected)


def test_frozen_and_unused_weights_stay():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[0].requires_grad_(False)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    Optimizer(model, RECIPES["lie-lenet"]).step()
    assert all(torch.equal(one, two) for one, two in zip(model.parameters(), before, strict=True))


def test_training_does_not_import_torchs_compiler():
    code = (
        "import sys\nfrom dqsuite import datasets\nfrom dqsuite.experiment.plan import plan_grid\n"
        "from dqsuite.experiment.recipes import RECIPES\n"
        "from dqsuite.training import train\n"
        "for recipe in ('standard', 'poisoning', 'lie-custom'):\n"
        "    recipe = RECIPES[recipe].with_settings(epochs=1)\n"
        "    plan = plan_grid('digits', ['lenet'], [], recipe=recipe, repeats=1, precision='fp32')\n"
        "    train(plan.cells[0], datasets.load('digits'), 'cpu', lambda *_: None)\n"
        "assert 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
