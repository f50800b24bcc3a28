"""Each warning where it belongs, in one list, and none where nothing is wrong."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fabricated import dataset, outcome, plan

from dqsuite import datasets
from dqsuite.core.errors import DqError
from dqsuite.datasets.duplicates import Duplicates, Found, Pair
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.store import Store
from dqsuite.results.copies import copies_in, look_for_copies
from dqsuite.results.study import Study
from dqsuite.results.warnings import refuse_lost, warnings_of

DATA = dataset(per_class=40)


def study(wanted=None, wrong=lambda cell: 0, change=lambda found: found, data=DATA):
    cells = (wanted or plan(data)).cells
    outcomes = tuple(change(outcome(cell, data, wrong(cell))) for cell in cells)
    return Study(Card.of(data), outcomes)


def with_curve(found, **curves):
    length = len(next(iter(curves.values())))
    same = {name: np.full(length, curve[-1], np.float32) for name, curve in found.curves.items()}
    return dataclasses.replace(found, curves=same | {name: np.array(each, np.float32) for name, each in curves.items()})


def kinds(found):
    return [each.kind for each in warnings_of(found)]


def test_a_sound_study_has_none():
    assert kinds(study()) == []


def test_every_warning_is_a_line_with_cause_and_mend():
    for warning in warnings_of(study(plan(DATA, ["reduce:0.5"], repeats=1), wrong=lambda cell: 30)):
        assert "\n" not in str(warning)
        assert str(warning).endswith(f": {warning.mend}")


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_a_loss_that_is_no_number_is_said_first_and_refused(lost):
    found = study(change=lambda each: with_curve(each, train_loss=[1, lost]) if each.cell.repeat == 1 else each)
    first = warnings_of(found)[0]
    assert (first.kind, first.names) == ("diverged", ["clean", "wrong:0.5"])
    assert "2 of 6 trainings is not a number" in first.cause
    with pytest.raises(DqError, match=r"not a number.*smaller learning rate"):
        refuse_lost(found)


def test_a_finite_loss_is_not_refused():
    refuse_lost(study())


def test_a_baseline_near_chance_is_said_whatever_the_numbers_of_the_classes():
    assert kinds(study(wrong=lambda cell: 26 if cell.corruption == "clean" else 0)) == ["chance"]
    assert kinds(study(wrong=lambda cell: 20)) == []  # half are right: three times as many as by guessing
    uneven = dataclasses.replace(DATA, y_test=np.repeat([0, 1, 2], [80, 20, 20]), fingerprint="")
    largest = study(change=lambda each: dataclasses.replace(each, last=np.zeros_like(each.last)), data=uneven)
    assert "chance" in kinds(largest)  # two thirds are right, by naming the largest class alone


def rising(found):
    return with_curve(found, test_accuracy=[0.3, 0.4, 0.5, 0.6 + found.cell.repeat / 1000])


def test_training_that_had_not_finished_is_said():
    (warning,) = warnings_of(study(change=rising))
    assert (warning.kind, warning.names) == ("unfinished", ["clean", "wrong:0.5"])
    assert "clean +10.1 points" in warning.cause


@pytest.mark.parametrize(
    "curve",
    [
        [0.3, 0.5, 0.6, 0.6],
        [0.3, 0.5, 0.6, 0.605],
        [np.nan, np.nan, np.nan, 0.9],
        [0.3, 0.6],
    ],
    ids=["flat", "a little", "measured once", "too short"],
)
def test_training_that_had_finished_or_was_not_measured_is_not(curve):
    assert kinds(study(change=lambda each: with_curve(each, test_accuracy=curve))) == []


def test_a_training_that_stopped_by_its_own_rule_had_finished():
    assert kinds(study(change=lambda each: dataclasses.replace(rising(each), stopped="patience"))) == []
    cut = study(change=lambda each: dataclasses.replace(each, stopped="cap"))
    assert kinds(cut) == ["unfitted"]


def test_noise_is_no_rise():
    jumps = {0: 0.7, 1: 0.5, 2: 0.65}
    assert (
        kinds(study(change=lambda each: with_curve(each, test_accuracy=[0.6, 0.6, 0.6, jumps[each.cell.repeat]]))) == []
    )


def test_classes_with_few_or_no_test_images_are_named():
    counts = [60, 19, 0]
    data = dataclasses.replace(DATA, x_test=DATA.x_test[:79], y_test=np.repeat([0, 1, 2], counts), fingerprint="")
    found = Study(Card.of(data), tuple(as_labelled(cell, data) for cell in plan(data).cells))
    (warning,) = [each for each in warnings_of(found) if each.kind == "few_images"]
    assert warning.names == ["deer", "frog"]
    assert "deer 19, frog 0" in warning.cause


def as_labelled(cell, data):
    found = outcome(cell, DATA)
    right = data.y_test.astype(np.uint8)
    return dataclasses.replace(found, fingerprint=data.fingerprint, last=right, best=right)


def left(found, records):
    manifest = {**found.manifest, "transitions": np.diag([records, 0, 0]).tolist()}
    return dataclasses.replace(found, manifest=manifest)


def halved(found):
    return left(found, 1000) if found.cell.corruption == "clean" else left(found, 500)


def test_fewer_records_in_the_same_epochs_make_fewer_updates_and_it_is_said():
    (warning,) = warnings_of(study(plan(DATA, ["reduce:0.5"]), change=halved))
    assert (warning.kind, warning.names) == ("updates", ["reduce:0.5"])
    assert "reduce:0.5 160; clean 320" in warning.cause
    assert "--updates" in warning.mend


@pytest.mark.parametrize("settings", [{"counted": "clean"}, {"epochs": 0, "updates": 100, "schedule": "constant"}])
def test_equal_updates_are_no_reason_to_warn(settings):
    wanted = plan(DATA, ["reduce:0.5"])
    cells = [dataclasses.replace(each, recipe=dataclasses.replace(each.recipe, **settings)) for each in wanted.cells]
    assert kinds(study(dataclasses.replace(wanted, cells=tuple(cells)), change=halved)) == []


@pytest.mark.parametrize(
    ("records", "settings", "said"),
    [
        (1026, {"schedule": "constant"}, "instead of 64 (clean 2, reduce:0.5 2)"),
        (1024, {"schedule": "constant"}, ""),
        (1040, {"schedule": "constant"}, ""),  # 16 of 64
        (1026, {"schedule": "linear"}, "instead of 64 (clean 2, reduce:0.5 2)"),
        (1025, {"schedule": "linear"}, ""),  # one record is left out
        (1026, {"schedule": "constant", "counted": "clean"}, ""),  # all end at another record
    ],
)
def test_a_few_records_in_the_last_batch_are_worth_a_word(records, settings, said):
    wanted = plan(DATA, ["reduce:0.5"])
    cells = [dataclasses.replace(each, recipe=dataclasses.replace(each.recipe, **settings)) for each in wanted.cells]
    found = warnings_of(study(dataclasses.replace(wanted, cells=tuple(cells)), change=lambda each: left(each, records)))
    assert [each.kind for each in found] == ["last_batch"] * bool(said)
    assert said in "".join(each.cause for each in found)


def test_copies_are_said_where_they_were_looked_for():
    pair = Pair(3, 5, ("cat", "deer"))
    found = dataclasses.replace(
        study(), copies=Duplicates(both_splits=Found(7, (pair,)), two_labels_near=Found(1, (pair,)))
    )
    across, labelled = warnings_of(found)
    assert (across.kind, across.names) == ("both_splits", ["cat", "deer"])
    assert (
        across.cause == "7 test images stand in the training set too (training record 3, cat, is test record 5, deer)"
    )
    assert labelled.kind == "two_labels_near"
    assert kinds(dataclasses.replace(study(), copies=Duplicates())) == []


def test_copies_of_a_user_s_data_are_looked_for_once(tmp_path, monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (12, 8, 8), np.uint8)
    labels = np.repeat([0, 1, 2], 4)
    np.savez(tmp_path / "own.npz", x_train=images, y_train=labels, x_test=images[::2], y_test=labels[::2])
    own, store = f"npz:{tmp_path / 'own.npz'}", Store(tmp_path / "store")
    fingerprint = datasets.load(own).fingerprint
    assert copies_in(store, fingerprint) is None
    look_for_copies(store, Plan(own, fingerprint, ()))
    monkeypatch.setattr("dqsuite.results.copies.duplicates", pytest.fail)
    look_for_copies(store, Plan(own, fingerprint, ()))
    look_for_copies(store, Plan("digits", datasets.identify("digits").fingerprint, ()))  # published: not looked at
    noted = copies_in(store, fingerprint)
    assert (noted.both_splits.count, noted.two_labels.count) == (6, 0)
    assert noted.both_splits.examples[1] == Pair(2, 1, ("0", "0"))


def test_one_repeat_is_said():
    assert kinds(study(plan(DATA, repeats=1))) == ["one_repeat"]


def test_of_many_conditions_three_are_named():
    levels = [f"reduce:0.{tenth}" for tenth in range(1, 8)]
    (warning,) = warnings_of(study(plan(DATA, levels), change=halved))
    assert len(warning.names) == 7
    assert "and 4 more" in warning.cause
