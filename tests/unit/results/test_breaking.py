"""Series of doses, and which classes break first along them."""

from __future__ import annotations

import numpy as np
import pytest
from fabricated import dataset, outcome, plan

from dqsuite.experiment.card import Card
from dqsuite.results.answer import answer
from dqsuite.results.breaking import breaking
from dqsuite.results.doses import series_of
from dqsuite.results.study import Study

DATA = dataset(per_class=100)


def study(conditions, wrong=lambda cell, name: 0, repeats=5):
    outcomes = []
    for cell in plan(DATA, conditions, repeats=repeats).cells:
        found = outcome(cell, DATA)
        for index, name in enumerate(DATA.classes):
            place = slice(100 * index, 100 * index + wrong(cell, name))
            found.last[place] = (index + 1) % 3
        outcomes.append(found)
    return Study(Card.of(DATA), tuple(outcomes))


def series(conditions):
    return {each.name: [dose.condition for dose in each.doses] for each in series_of(study(conditions), "lenet")}


def test_conditions_that_differ_in_one_level_are_a_series_from_the_mildest_on():
    found = series(
        ["wrong:0.3", "wrong:0.1", "wrong:0.1;tail=1", "reduce:0.5", "drop_class:cat", "shuffle:0.2+wrong:0.2"]
    )
    assert found == {
        "wrong:…": ["wrong:0.1", "wrong:0.3"],
        "wrong:…;tail=1": ["wrong:0.1;tail=1"],
        "reduce:…": ["reduce:0.5"],
        "shuffle:0.2+wrong:…": ["shuffle:0.2+wrong:0.2"],
    }


def test_what_is_mild_is_what_is_near_to_nothing():
    assert series(["contrast:0.9", "contrast:4", "contrast:1.5"])["contrast:…"] == [
        "contrast:0.9",
        "contrast:1.5",
        "contrast:4",
    ]
    assert series(["first:10", "first:50", "first:20"])["first:…"] == ["first:50", "first:20", "first:10"]


@pytest.mark.parametrize(
    ("conditions", "levels"),
    [
        (["wrong:0.1", "wrong:0.3"], [0, 0.1, 0.3]),
        (["contrast:0.5", "contrast:2"], [0.5, 1, 2]),
        (["gaussian:8"], [0, 8]),
        (["first:10", "first:50"], [10, 50, 300]),
        (["first:50", "first:50+wrong:0.1"], [0, 0.1]),
    ],
)
def test_the_condition_without_the_damage_stands_where_it_does_nothing(conditions, levels):
    last = series_of(study(conditions), "lenet")[-1]
    assert [dose.level for dose in last.ordered] == levels


def at_doses(**of_class):
    """Return how many images of each class are wrong at the doses .1, .3 and .5; every other repeat one more."""

    def wrong(cell, name):
        if cell.corruption == "clean":
            return 0
        dose = [0.1, 0.3, 0.5].index(float(cell.corruption.partition(":")[2]))
        lost = of_class.get(name, (0, 0, 0))[dose]
        return lost + cell.repeat % 2 if lost else 0

    return wrong


DOSES = ["wrong:0.1", "wrong:0.3", "wrong:0.5"]


def test_the_class_that_loses_at_the_mildest_dose_breaks_first():
    found = breaking(study(DOSES, at_doses(deer=(20, 40, 60), cat=(0, 50, 80))), "lenet")
    assert [(loss.name, loss.condition, loss.dose) for loss in found.broken] == [
        ("deer", "wrong:0.1", 0),
        ("cat", "wrong:0.3", 1),
    ]
    assert [loss.name for loss in found.unsure] == ["frog"]
    assert found.as_much == []
    for loss in found.broken:
        assert loss.change.low < loss.change.mean < loss.change.high < 0
    text = answer(found)
    assert text.startswith("deer breaks first: its recall falls by 20.4 points (")
    assert "No other class falls as much there. 2 of 3 classes" in text


def test_classes_that_may_fall_as_much_are_named():
    found = breaking(study(DOSES, at_doses(deer=(20, 40, 60), cat=(19, 40, 60))), "lenet")
    assert found.as_much == ["cat"]
    assert "cat may fall as much there" in answer(found)


def test_a_loss_that_a_harder_dose_does_not_show_is_sure_by_its_own_wider_interval():
    sequence = breaking(study(DOSES, at_doses(deer=(20, 40, 60))), "lenet").broken[0].change
    alone = breaking(study(DOSES, at_doses(deer=(20, 0, 0))), "lenet").broken[0].change
    assert alone.low < sequence.low < sequence.high < alone.high < 0


def test_a_loss_within_noise_is_not_sure():
    found = breaking(study(DOSES, at_doses(deer=(3, 0, 0))), "lenet")
    assert found.broken == []
    assert (found.unsure[0].name, found.unsure[0].condition) == ("deer", "wrong:0.1")
    assert "No class surely breaks." in answer(found)
    assert "that of deer at wrong:0.1, 3.4 points (" in answer(found)


def test_intervals_have_a_width_and_stay_within_what_can_be():
    found = breaking(study(DOSES, at_doses(deer=(100, 100, 100))), "lenet")
    for loss in (*found.broken, *found.unsure):
        assert -1 <= loss.change.low < loss.change.high <= 1


def test_one_repeat_no_damage_and_no_baseline_are_said():
    assert "One repeat" in answer(breaking(study(DOSES, at_doses(deer=(20, 40, 60)), repeats=1), "lenet"))
    assert answer(breaking(study([]), "lenet")) == ""
    whole = study(DOSES)
    damaged = Study(whole.card, tuple(each for each in whole.outcomes if each.cell.corruption != "clean"))
    assert answer(breaking(damaged, "lenet")) == ""


def test_no_class_is_said_to_break_where_none_does():
    """In 200 studies of noise alone, in at most 5% of them, but for three standard errors."""
    rng, false = np.random.default_rng(0), 0
    for _ in range(200):
        trained = study(["wrong:0.1", "wrong:0.3", "reduce:0.5"], repeats=3)
        for each in trained.outcomes:
            shift = rng.normal(0.3, 0.05)
            each.last[:] = np.where(rng.random(300) < shift, (DATA.y_test + 1) % 3, DATA.y_test)
        false += bool(breaking(trained, "lenet").broken)
    assert false / 200 <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5
