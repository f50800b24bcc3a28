from dataclasses import replace

import numpy as np
import pytest
from fabricated import dataset, outcome, plan

from dqsuite.corruptions import Chain
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.outcome import CURVES
from dqsuite.experiment.plan import versions
from dqsuite.experiment.recipes import RECIPES, Recipe
from dqsuite.experiment.runtime import Costs, effort
from dqsuite.experiment.store import Store

DATA = dataset()
(CELL,) = plan(DATA, conditions=[], repeats=1).cells
RECIPE = replace(RECIPES["standard"], epochs=10)
CARD = Card.of(DATA)
PER_EPOCH = 60 + 60 / 3  # images trained on, and a third of those measured, in the made data set


@pytest.fixture
def costs(tmp_path):
    return Costs(Store(tmp_path), "cpu")


def took(seconds, epochs=10, recipe=RECIPE, **changed):
    """Return what a cell of so many epochs has left, which took so long."""
    found = outcome(replace(CELL, recipe=recipe, **changed), DATA)
    curves = {name: np.full(epochs, 0.5, np.float32) for name in CURVES}
    return replace(found, curves=curves, provenance={"seconds": seconds})


def estimate(costs, condition="clean", card=CARD, **changed):
    (cell,) = [cell for cell in plan(DATA, [condition], repeats=1).cells if cell.corruption == condition]
    cell = replace(cell, **({"recipe": RECIPE} | changed))
    return costs.seconds(replace(plan(DATA), cells=(cell,)), card).get(cell)


def test_what_was_never_trained_here_is_not_known(costs):
    assert estimate(costs) is None
    costs.note(took(8.0))
    assert estimate(costs, model="lenet5") is None
    assert estimate(costs, precision="bf16") is None
    assert estimate(costs, recipe=replace(RECIPE, batch_size=7)) is None
    assert estimate(costs, dataset="other") is None


def test_the_median_of_like_cells(costs):
    for seconds in (8.0, 9.0, 40.0):
        costs.note(took(seconds))
    assert estimate(costs) == pytest.approx(9.0)


def test_time_goes_by_the_images_trained_on_and_measured(costs):
    costs.note(took(8.0))
    assert estimate(costs, recipe=replace(RECIPE, epochs=30)) == pytest.approx(24.0)
    assert estimate(costs, "first:30") == pytest.approx(8.0 * (30 + 20) / PER_EPOCH)
    assert estimate(costs, "wrong:0.5") == pytest.approx(8.0)
    assert estimate(costs, recipe=replace(RECIPE, measured=10)) == pytest.approx(8.0 * (600 + 20) / (10 * PER_EPOCH))


def test_a_bound_in_updates_takes_as_many_epochs(costs):
    costs.note(took(8.0))
    bounded = replace(RECIPE, epochs=0, updates=100, batch_size=RECIPE.batch_size)
    epochs = -(-100 * RECIPE.batch_size // 60)
    assert estimate(costs, recipe=bounded) == pytest.approx(8.0 * epochs / 10)


def test_as_many_updates_as_on_all_records_take_as_long_but_for_more_measurements(costs):
    costs.note(took(8.0))
    counting = replace(RECIPE, counted="clean")
    assert estimate(costs, recipe=counting) == pytest.approx(8.0)
    assert estimate(costs, "first:30", recipe=counting) == pytest.approx(8.0 * (60 + 2 * 20) / PER_EPOCH)


def test_without_a_card_as_many_records_as_before(costs):
    costs.note(took(8.0))
    assert estimate(costs, "first:30", card=None) == pytest.approx(8.0)


def test_a_recipe_that_stops_early_takes_the_share_of_its_epochs_that_it_took_before(costs):
    patient = replace(RECIPE, name="patient", patience=2)
    costs.note(took(8.0))
    assert estimate(costs, recipe=patient) == pytest.approx(8.0)
    costs.note(took(4.0, epochs=5, recipe=patient))
    assert estimate(costs, recipe=patient) == pytest.approx(4.0)
    costs.note(took(1.6, epochs=2, recipe=patient, condition=Chain.of("wrong:0.5")))
    assert estimate(costs, "wrong:0.5", recipe=patient) == pytest.approx(1.6)


def test_the_last_thirty_of_a_kind_count(costs):
    for _ in range(30):
        costs.note(took(100.0))
    for _ in range(30):
        costs.note(took(8.0))
    assert estimate(costs) == pytest.approx(8.0)


def test_machines_and_devices_do_not_know_of_each_other(costs, monkeypatch):
    costs.note(took(8.0))
    assert estimate(Costs(costs.store, "cuda")) is None
    monkeypatch.setattr("platform.node", lambda: "another")
    assert estimate(Costs(costs.store, "cpu")) is None


COST = '{{"recipe": "", "condition": "", "epochs": {}, "records": 9, "measured": 9, "seconds": {}}}'
DAMAGED = {
    "nothing": "",
    "half": "{",
    "a list of numbers": "[1]",
    "a cost that lacks all but one": '[{"seconds": 1}]',
    "a number": "7",
    "an infinite time": f"[{COST.format(1, '1e999')}]",
    "a time beyond a float": f"[{COST.format(1, '1' + '0' * 400)}]",
    "a time that is none": f"[{COST.format(1, 'NaN')}]",
    "a time before it began": f"[{COST.format(1, -1)}]",
    "epochs beyond all bounds": f"[{COST.format(10**40, 1)}]",
    "epochs that are a text": f"""[{COST.format('"x"', 1)}]""",
    "lists in lists": "[" * 100_000,
    "no UTF-8": b"\xff\xfe",
    "more than a note holds": f"[{COST.format(1, 1)}]" + " " * 2**20,
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_written_anew(costs, text):
    costs.note(took(100.0))
    files = list((costs.store.root / "costs").rglob("*.json"))
    assert len(files) == 2
    for file in files:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert estimate(costs) is None
    costs.note(took(8.0))
    assert estimate(costs) == pytest.approx(8.0)


def test_a_folder_that_cannot_be_written_keeps_nothing(costs):
    (costs.store.root / "costs").write_text("a file where a folder should be")
    costs.note(took(8.0))
    assert estimate(costs) is None


def test_the_time_left_is_that_of_the_longest_cell_at_least(costs):
    wanted = plan(DATA, repeats=3)
    assert costs.left(wanted, CARD, 2) is None
    costs.note(outcome(wanted.cells[0], DATA))
    each = costs.seconds(wanted, CARD)[wanted.cells[0]]
    for seconds in (3.0, 7.0, 5.0):
        costs.note_start(seconds)
    assert costs.left(wanted, CARD, 2) == pytest.approx(5 + 6 * each / 2)
    assert costs.left(wanted, CARD, 20) == pytest.approx(5 + each)
    assert costs.left(replace(wanted, cells=()), CARD, 2) == 0
    assert costs.left(plan(DATA, models=["lenet", "lenet5"]), CARD, 2) is None


def unlike(costs, **changed):
    cells = tuple(replace(CELL, recipe=RECIPE, **{name: value}) for name, value in changed.items())
    return costs.seconds(replace(plan(DATA), cells=cells), CARD, unlike=True)


def test_cells_of_another_kind_take_as_long_as_their_multiplications(costs):
    before = list(unlike(costs, model="custom").values())
    assert before == pytest.approx([5e-5 * 38.7 * 10 * PER_EPOCH])
    costs.note(took(8.0))
    assert list(unlike(costs, model="custom").values()) == pytest.approx([8.0 * 38.7 / 0.65])
    assert list(unlike(costs, model="custom;width=0.5").values()) == pytest.approx([8.0 * 38.7 / 0.65 / 4])
    assert list(unlike(costs, model="lenet").values()) == pytest.approx([8.0])
    assert unlike(costs, model="mine:factory@0123456789ab") == {}


def cell(corruption="clean", model="lenet", recipe="standard", dataset="cifar10"):
    return Cell(dataset, Chain.of(corruption), model, RECIPES[recipe], "fp32", 0, versions(Chain.of(corruption), model))


def work(*args, **changed):
    return effort(Plan("cifar10", "", ()), cell(*args, **changed))


@pytest.mark.parametrize(
    ("condition", "records"),
    [
        ("first:1000", 1000),
        ("reduce:0.9", 5000),
        ("reduce:0.5+shuffle:0.2", 25_000),
        ("first:1000+wrong:0.4", 1000),
        ("drop_class:cat", 45_000),
        ("shuffle:0.2", 50_000),
    ],
)
def test_a_damage_leaves_as_much_work_as_records(condition, records):
    assert work(condition) == pytest.approx(20 * (records + 10_000 / 3))


@pytest.mark.parametrize(("condition", "epochs"), [("shuffle:0.3", 25), ("reduce:0.5", 45)])
def test_a_second_stage_is_work_too_and_fewer_records_are_trained_on_as_often(condition, epochs):
    recipe = Recipe(epochs=20, repair=0.25)
    found = effort(Plan("cifar10", "", ()), replace(cell(condition), recipe=recipe))
    assert found == pytest.approx(25 * 50_000 + epochs * 10_000 / 3)


def test_more_epochs_and_larger_data_sets_are_more_work():
    assert work(recipe="lie-lenet") == pytest.approx(125 / 20 * work())
    assert work(dataset="mnist") == pytest.approx(1.2 * work())
    assert work(dataset="npz:mine@0123456789ab") == pytest.approx(work())
