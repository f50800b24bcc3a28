"""A few timed steps tell how long an image takes in training."""

from __future__ import annotations

import dataclasses

import pytest

from dqsuite import datasets, training
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES, Recipe

PLAIN = Recipe(epochs=3, batch_size=64, learning_rate=0.05)


def cell(recipe=PLAIN, model="lenet"):
    return plan_grid("digits", [model], [], recipe=recipe, repeats=1, precision="fp32").cells[0]


def test_the_time_of_a_training_is_known_to_its_order():
    data = datasets.load("digits")
    each = training.seconds_per_image(cell(), data, "cpu")
    took = training.train(cell(), data, "cpu", lambda *_: None).outcome.provenance["seconds"]
    guessed = each * 3 * (len(data.y_train) + len(data.y_test) / 3)
    assert took / 8 < guessed < took * 8


@pytest.mark.parametrize("recipe", ["poisoning", "lie-lenet-repaired", "he-mnist"])
def test_any_recipe_can_be_timed(recipe):
    short = dataclasses.replace(RECIPES[recipe], batch_size=16)
    assert training.seconds_per_image(cell(short), datasets.load("digits"), "cpu") > 0
