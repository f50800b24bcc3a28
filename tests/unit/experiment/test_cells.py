from __future__ import annotations

import dataclasses
import json
import pickle

import pytest

from dqsuite.corruptions import Chain
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.recipes import RECIPES

CELL = Cell("digits", Chain.of("wrong:0.3"), "lenet", RECIPES["standard"], "fp32", 0, (("train", 1), ("lenet", 1)))
CHANGES = {
    "dataset": "mnist",
    "condition": Chain.of("wrong:0.2"),
    "model": "lenet5",
    "recipe": RECIPES["poisoning"],
    "precision": "bf16",
    "repeat": 1,
}


def test_a_cell_goes_through_json_and_pickle():
    assert Cell.from_json(json.loads(json.dumps(CELL.to_json()))) == CELL
    assert pickle.loads(pickle.dumps(CELL)) == CELL


def test_every_field_is_tried_below():
    assert CHANGES.keys() | {"versions"} == {field.name for field in dataclasses.fields(Cell)}


@pytest.mark.parametrize("field", CHANGES)
def test_each_field_makes_another_variable(field):
    other = dataclasses.replace(CELL, **{field: CHANGES[field]})
    assert other.variable() != CELL.variable()
    assert other.key("f") != CELL.key("f")


def test_another_version_is_the_same_variable_under_another_key():
    other = dataclasses.replace(CELL, versions=(("train", 2), ("lenet", 1)))
    assert other.variable() == CELL.variable()
    assert other.key("f") != CELL.key("f")


def test_the_fingerprint_of_the_data_is_part_of_the_key():
    assert CELL.key("one") != CELL.key("other")


def test_renaming_a_recipe_changes_no_key():
    renamed = dataclasses.replace(CELL, recipe=dataclasses.replace(CELL.recipe, name="another"))
    assert renamed.key("f") == CELL.key("f")


def test_keys_stay_what_they_are_across_versions_of_dqsuite():
    """Stored outcomes are found by these digests: a change here orphans every store."""
    assert CELL.key("0123456789abcdef") == "8a88bd50586ad435b2f5d5d1-6b8775a1-0123456789abcdef"
