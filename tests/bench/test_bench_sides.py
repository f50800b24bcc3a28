from __future__ import annotations

import dataclasses
import os

import numpy as np
import pytest
from speed import Settings
from speed.cases import CASES, fixed
from speed.data import SHAPES, provide, told
from speed.plain import channels_of, train_plain
from speed.sides import ours_one
from speed.styles import Style
from speed.training import Accuracies
from speed.turns import in_turn, process

from dqsuite import datasets, models
from dqsuite.core.errors import DqError
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES

EASY = "planted;channels=3;classes=4;difficulty=0;fragile=0;pairs=0;test=100;train=400"


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_the_plain_loop_learns_what_ours_learns(case):
    recipe = fixed(RECIPES[case.recipe].with_settings(batch_size=20), 6)
    recipe = dataclasses.replace(recipe, learning_rate=min(recipe.learning_rate, 0.02))  # gentle on so few images
    model, size = ("lenet", 16) if recipe.crop else (case.model, 8)  # a crop of the smallest images loses them
    plan = plan_grid(f"{EASY};size={size}", [model], [], recipe=recipe, repeats=1, precision="fp32")
    dataset, (cell,) = datasets.load(plan.dataset), plan.cells
    plain = train_plain(cell, dataset, channels_of(dataset, cell.recipe.scaling), "cpu", Style(1, 0))
    ours = ours_one(plan, cell, "cpu").right[0]
    assert plain.shape == ours.shape == dataset.y_test.shape
    assert abs(plain.mean() - ours.mean()) < 0.25
    assert min(plain.mean(), ours.mean()) > 0.6  # a quarter by chance


def test_the_plain_loop_has_the_dropout_of_torch():
    from speed.plain import with_torchs_dropout
    from torch import nn

    from dqsuite.models.dropout import Dropout

    kinds = {type(module) for module in with_torchs_dropout(models.build("custom", 10, (32, 32, 3))).modules()}
    assert nn.Dropout in kinds
    assert Dropout not in kinds


@pytest.mark.parametrize("name", CASES)
def test_the_cells_of_a_sweep_are_of_every_condition_equally_often(name, tmp_path):
    settings = Settings(cells=6, plain_cells=4, turns=2, images=1000)
    plan = CASES[name].plan(settings, tmp_path)
    assert [cell.corruption for cell in plan.cells] == list(CASES[name].conditions) * 3
    assert {cell.recipe.epochs for cell in plan.cells} == {CASES[name].epochs}


def test_too_few_cells_for_an_interval_are_refused(tmp_path):
    with pytest.raises(DqError, match="give --cells and --plain-cells 4 or more"):
        CASES["lenet"].plan(Settings(plain_cells=3), tmp_path)


@pytest.mark.parametrize("published", [*SHAPES, "cifar10;size=64"])
def test_generated_images_have_the_shape_of_those_that_are_not_at_hand(published, tmp_path, monkeypatch):
    monkeypatch.delenv("DQSUITE_DATA", raising=False)
    text = provide(published, 200, 100, tmp_path)
    found = datasets.load(text)
    size = 64 if "64" in published else SHAPES[published].size
    assert found.x_train.shape == (200, size, size, SHAPES[published.partition(";")[0]].channels)
    assert len(found.classes) == (100 if published == "cifar100" else 10)
    assert "generated" in told(published, text)


def test_an_excerpt_has_the_first_images_of_what_is_at_hand(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    arrays = {f"x_{part}": rng.integers(0, 256, (30, 28, 28), np.uint8) for part in ("train", "test")}
    labels = {f"y_{part}": np.arange(30) % 10 for part in ("train", "test")}
    np.savez(tmp_path / "mnist.npz", **arrays, **labels)
    monkeypatch.setenv("DQSUITE_DATA", str(tmp_path))
    found = datasets.load(provide("mnist", 20, 10, tmp_path))
    assert np.array_equal(found.x_train[..., 0], arrays["x_train"][:20])
    assert np.array_equal(found.y_test, labels["y_test"][:10])


def test_sides_take_turns():
    told_by: list[str] = []
    turns = in_turn(2, lambda turn: told_by.append(f"A{turn}"), lambda turn: told_by.append(f"B{turn}"))
    assert told_by == ["A0", "B0", "A1", "B1"]
    assert len(turns) == 2


def test_a_side_is_one_other_process():
    with process() as call:
        assert call(os.getpid) == call(os.getpid) != os.getpid()


def test_accuracies_agree_where_nothing_says_that_they_differ_by_a_point():
    rng = np.random.default_rng(0)
    good, same, bad = (rng.random((4, 1000)) < p for p in (0.9, 0.9, 0.5))
    assert Accuracies(good, same).agree
    assert not Accuracies(good, bad).agree
    assert "DIFFERS" in str(Accuracies(good, bad))
    assert not Accuracies(good[:1], same[:1]).agree  # a single training has no interval


def test_a_fixed_recipe_stops_for_nothing_but_its_epochs():
    for recipe in RECIPES.values():
        found = fixed(recipe, 7)
        assert (found.epochs, found.updates, found.patience, found.fit, found.measured) == (7, 0, 0, False, 1)
        kept = ("optimizer", "learning_rate", "batch_size", "scaling", "crop", "flip", "rotation", "shift")
        assert all(getattr(found, name) == getattr(recipe, name) for name in kept)
