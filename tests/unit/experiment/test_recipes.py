from __future__ import annotations

import json

import pytest

from dqsuite.core.errors import DqError
from dqsuite.experiment.recipes import RECIPES, Recipe, inferred, origins, ours, shortened, sourced, stated


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_goes_through_json(name):
    recipe = RECIPES[name]
    assert Recipe.from_values(name, json.loads(json.dumps(recipe.values()))) == recipe


@pytest.mark.parametrize("name", RECIPES)
def test_every_constant_says_where_it_comes_from(name):
    found = origins(RECIPES[name])
    assert found.keys() == RECIPES[name].settings().keys()
    assert {constant.origin for constant in found.values()} <= {"stated", "inferred", "ours"}
    assert all(constant.note for constant in found.values() if constant.origin == "inferred")


def test_the_name_is_no_part_of_what_a_recipe_is():
    assert RECIPES["standard"] == Recipe.from_values("another", RECIPES["standard"].values())


def test_a_change_is_the_users_and_shows_in_the_name():
    changed = RECIPES["standard"].with_settings(epochs=3, batch_size=32)
    assert (changed.epochs, changed.batch_size) == (3, 32)
    assert changed.name == "standard,epochs=3,batch_size=32"
    assert origins(changed)["epochs"].origin == "yours"
    assert origins(changed)["momentum"].origin == "ours"


def test_a_setting_that_is_off_is_no_part_of_what_a_recipe_is():
    """So that a new setting leaves every stored outcome where it is."""
    assert Recipe(epochs=3, flip=0.5).values() == {"epochs": 3, "flip": 0.5}


def test_fewer_epochs_bring_the_milestones_as_much_earlier():
    table = {"epochs": stated(125), "milestones": inferred(((76, 0.5), (101, 0.1)), "there"), "patience": ours(10)}
    short = sourced("test-short", shortened(table, 15, "a small machine"))
    assert (short.epochs, short.milestones, short.patience) == (15, ((9, 0.5), (12, 0.1)), 10)
    assert origins(short)["epochs"] == ours(15, "a small machine")
    assert origins(short)["milestones"].note == "there; scaled with the epochs"


def test_changing_nothing_gives_the_recipe_itself():
    recipe = RECIPES["standard"]
    assert recipe.with_settings(epochs=recipe.epochs).name == "standard"


@pytest.mark.parametrize(
    "values",
    [{"epochs": 0}, {"epochs": 1, "batch_size": 0}, {"epochs": 1, "optimizer": "lion"}, {"epochs": 1, "scaling": "x"}],
)
def test_a_recipe_that_cannot_train_is_refused(values):
    with pytest.raises(DqError, match="recipe"):
        Recipe(**values)
