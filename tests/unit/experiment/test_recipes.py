from __future__ import annotations

import json

import pytest

from dqsuite.core.errors import DqError
from dqsuite.experiment.recipes import (
    RECIPES,
    Recipe,
    inferred,
    origins,
    ours,
    recipe_named,
    repairing,
    shortened,
    sourced,
    stated,
)


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
    [
        {"epochs": 0},
        {"epochs": 1, "batch_size": 0},
        {"epochs": 1, "optimizer": "lion"},
        {"epochs": 1, "scaling": "x"},
        {"epochs": 1, "fit_sample": 2000},
        {"epochs": 1, "repair": 1.5},
    ],
)
def test_a_recipe_that_cannot_train_is_refused(values):
    with pytest.raises(DqError, match="recipe"):
        Recipe(**values)


@pytest.mark.parametrize("values", [{"patience": 2}, {"plateau_patience": 2}, {"fit": True}, {"schedule": "linear"}])
def test_a_second_stage_needs_a_first_of_known_length_and_a_last_rate(values):
    with pytest.raises(DqError, match=r"a fixed number of updates.*leave out patience"):
        Recipe(epochs=1, repair=0.2, **values)


@pytest.mark.parametrize("values", [{"patience": 2}, {"plateau_patience": 2}, {"fit": True}, {"repair": 0.2}])
def test_as_many_updates_on_all_data_are_a_fixed_number_in_one_stage(values):
    with pytest.raises(DqError, match=r"a fixed number of them.*leave out patience"):
        Recipe(epochs=1, counted="clean", **values)


def test_counting_the_passes_over_other_data_makes_another_recipe_and_is_off_by_default():
    plain = RECIPES["lie-lenet"]
    assert "counted" not in plain.values()
    counting = plain.with_settings(counted="clean")
    assert (counting.name, counting.values()) == ("lie-lenet,counted=clean", plain.values() | {"counted": "clean"})
    assert counting.about.startswith("125 epochs of the clean data at most")


def test_a_repairing_recipe_is_another_and_a_second_stage_that_is_ours():
    recipe = repairing(RECIPES["lie-lenet"], "first:10000")
    second = {"repair": 0.2, "repaired": "first:10000"}
    assert recipe.values() == RECIPES["lie-lenet"].values() | second
    assert recipe.name == "lie-lenet-repaired"
    assert "then 0.2 of that on first:10000 data" in recipe.about
    assert repairing(RECIPES["lie-lenet"]).values() == RECIPES["lie-lenet"].values() | {"repair": 0.2}


def test_he_s_recipe_of_cifar10_alone_looks_at_a_sample():
    assert (RECIPES["he-cifar10"].fit_sample, RECIPES["he-mnist"].fit_sample) == (2000, 0)


def test_any_setting_follows_the_name_of_a_recipe():
    text = "standard;learning_rate=0.01;optimizer=adam;epochs=3;fit=1;milestones=2:0.1/3:0.5;schedule=constant"
    found = recipe_named(text)
    assert (found.learning_rate, found.optimizer, found.epochs, found.fit) == (0.01, "adam", 3, True)
    assert found.milestones == ((2, 0.1), (3, 0.5))
    assert found.batch_size == RECIPES["standard"].batch_size


def test_a_setting_that_changes_nothing_leaves_the_recipe_its_key():
    assert recipe_named("standard;epochs=20").values() == RECIPES["standard"].values()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("standart", "unknown recipe 'standart'; did you mean 'standard'"),
        ("standard;learning_rte=1", "unknown setting of a recipe 'learning_rte'; did you mean 'learning_rate'"),
        ("standard;name=x", "unknown setting of a recipe 'name'"),
        ("standard;epochs=1.5", "the recipe's epochs must be a whole number from 0, not '1.5'"),
        ("standard;learning_rate=fast", "the recipe's learning_rate must be a number from 0, not 'fast'"),
        ("standard;learning_rate=nan", "the recipe's learning_rate must be a number from 0, not 'nan'"),
        ("standard;fit=2", "the recipe's fit must be 0 or 1, not '2'"),
        ("standard;milestones=2", "the recipe's milestones must be EPOCH:FACTOR/EPOCH:FACTOR, not '2'"),
        ("standard;optimizer=lion", "the recipe's optimizer is out of range"),
        ("standard:3", "recipe 'standard' takes no value, but has '3'"),
    ],
)
def test_a_setting_that_cannot_be_is_one_line(text, message):
    with pytest.raises(DqError, match=message) as caught:
        recipe_named(text)
    assert "\n" not in str(caught.value)
