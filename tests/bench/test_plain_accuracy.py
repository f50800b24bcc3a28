"""What makes training fast must not show in what is measured."""

from __future__ import annotations

import numpy as np
import pytest
from speed.cases import fixed
from speed.plain import channels_of, train_plain
from speed.styles import Style

from dqsuite import datasets
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.statistics.estimate import estimate
from dqsuite.training import train

CONDITION = "wrong:0.2"
REPEATS = 6
SURE = 0.999  # several models, on any machine: a difference by chance must not fail
SEEN = 0.05  # of the accuracy: the least difference that so few repeats on 360 test images show


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "recipe", "epochs"),
    [("lenet", "quick", 8), ("poison_cnn", "quick-poisoning", 5), ("custom;width=0.25", "quick-narrow", 4)],
)
def test_the_fast_path_and_a_plain_loop_reach_the_same_accuracy(model, recipe, epochs):
    digits = datasets.load("digits")
    plan = plan_grid(
        "digits", [model], [CONDITION], recipe=fixed(RECIPES[recipe], epochs), repeats=REPEATS, precision="fp32"
    )
    channels = channels_of(digits, plan.cells[0].recipe.scaling)
    differences = [
        (train(cell, digits, "cpu", lambda *_: None).outcome.last == digits.y_test).astype(float)
        - train_plain(cell, digits, channels, "cpu", Style(threads=1, loaders=0))
        for cell in plan.cells
        if cell.corruption == CONDITION
    ]

    found = estimate(np.stack(differences))

    surely, usually = found.interval(SURE), found.interval()
    assert surely.low <= 0 <= surely.high, surely
    assert usually.high - usually.low < 2 * SEEN, usually
