from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fabricated import dataset, fill, plan, studies

from dqsuite.corruptions import Chain
from dqsuite.experiment.encoding import pack, unpack
from dqsuite.experiment.plan import TRAINER_VERSION, versions
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from dqsuite.results.loading import load_study


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def silent(text):
    raise AssertionError(text)


def noise_hurts(cell):
    return 0 if cell.corruption == "clean" else 8 + cell.repeat


def test_a_plan_has_the_baseline_once_and_every_repeat_of_all_before_the_next():
    wanted = plan(dataset(), ["wrong:0.50", "clean", "wrong:0.5"], repeats=2)
    assert [(cell.corruption, cell.repeat) for cell in wanted.cells] == [
        ("clean", 0),
        ("wrong:0.5", 0),
        ("clean", 1),
        ("wrong:0.5", 1),
    ]


def test_accuracy_and_its_change_are_paired_by_repeat(store):
    data = dataset()
    wanted = plan(data)
    fill(store, data, wanted, noise_hurts)
    found = load_study(store, wanted, silent)
    assert found.conditions("lenet") == ["clean", "wrong:0.5"]
    assert found.accuracy("lenet", "clean").mean == 1.0
    noisy = found.accuracy("lenet", "wrong:0.5")
    assert (noisy.mean, noisy.n) == (pytest.approx(1 - 9 / 20), 3)
    change = found.accuracy_change("lenet", "wrong:0.5")
    assert change.mean == pytest.approx(-9 / 20)
    assert change.low < -9 / 20 < change.high < 0


def test_damage_of_the_same_level_is_compared_whatever_it_does(store):
    data = dataset()
    wanted = plan(data, ["wrong:0.5", "reduce:0.5", "reduce:0.2", "first:30+wrong:0.5"])
    fill(store, data, wanted, lambda cell: {"wrong:0.5": 6, "reduce:0.5": 2}.get(cell.corruption, 0))
    found = load_study(store, wanted, silent)
    assert found.same_level("lenet") == [("wrong:0.5", "reduce:0.5")]
    change = found.accuracy_change("lenet", "wrong:0.5", "reduce:0.5")
    assert (change.mean, change.n) == (pytest.approx(-4 / 20), 3)


def test_matrices_are_those_of_the_stored_predictions(store):
    data = dataset()
    wanted = plan(data)
    fill(store, data, wanted, noise_hurts)
    found = load_study(store, wanted, silent)
    matrix = found.matrix("lenet", "wrong:0.5")
    assert matrix.sel(repeat=2, true="cat", predicted="deer") == 10
    change = found.relative("lenet", "wrong:0.5").sel(true="cat", predicted="cat")
    assert change["mean"] == pytest.approx(-9)
    assert -20 < change["low"] < -9 < change["high"] < 20
    assert found.recalls().sel({"condition": "wrong:0.5", "class": "cat"}).mean() == pytest.approx(11 / 20)
    assert [(name, lost.mean) for name, lost in found.most_hit("lenet", "wrong:0.5", 2)] == [
        ("cat", pytest.approx(-0.45)),
        ("deer", pytest.approx(-0.45)),
    ]


def percent(lost):
    return f"{100 * lost.mean:.0f}%"


def test_a_class_is_named_as_hit_where_its_interval_says_so(store):
    data = dataset()
    wanted = plan(data, ["wrong:0.5", "wrong:0.1"])
    fill(store, data, wanted, lambda cell: {"wrong:0.5": 9, "wrong:0.1": cell.repeat % 2}.get(cell.corruption, 0))
    found = load_study(store, wanted, silent)
    assert found.hit_in_words("lenet", "wrong:0.5", percent) == "cat -45%, deer -45%, frog -45%"
    assert (found.recall_change("lenet", "wrong:0.1")["mean"] < 0).all()
    assert found.most_hit("lenet", "wrong:0.1") == []
    assert found.hit_in_words("lenet", "wrong:0.1", percent) == "within noise"
    assert found.hit_in_words("lenet", "clean", percent) == ""
    fill(Store(store.root / "one"), data, plan(data, repeats=1))
    once = load_study(Store(store.root / "one"), plan(data, repeats=1), silent)
    assert once.hit_in_words("lenet", "wrong:0.5", percent) == "one repeat"


def test_recalls_have_intervals_in_labelled_arrays(store):
    data = dataset()
    wanted = plan(data)
    fill(store, data, wanted, noise_hurts)
    found = load_study(store, wanted, silent)
    recalls = found.recall_intervals()
    assert recalls["mean"].dims == ("model", "condition", "class")
    np.testing.assert_allclose(recalls["mean"], found.recalls().mean("repeat"))
    noisy = recalls.sel(condition="wrong:0.5")
    assert ((noisy["low"] > 0) & (noisy["low"] < noisy["mean"]) & (noisy["mean"] < noisy["high"])).all()
    assert ((noisy["high"] < 1) & (recalls.sel(condition="clean")["high"] == 1)).all()


def test_a_part_of_a_plan_can_be_read(store):
    data = dataset()
    fill(store, data, plan(data, repeats=1))
    assert load_study(store, plan(data, repeats=3), silent).accuracy("lenet", "clean").n == 1
    assert load_study(Store(store.root / "empty"), plan(data), silent) is None


def test_without_a_baseline_nothing_is_relative(store):
    data = dataset()
    wanted = plan(data)
    noisy = type(wanted)(wanted.dataset, wanted.fingerprint, tuple(c for c in wanted.cells if c.corruption != "clean"))
    fill(store, data, noisy)
    found = load_study(store, noisy, silent)
    assert found.relative("lenet", "wrong:0.5") is None
    assert found.accuracy_change("lenet", "wrong:0.5") is None
    assert found.recall_change("lenet", "wrong:0.5") is None
    assert found.most_hit("lenet", "wrong:0.5") == []
    assert found.hit_in_words("lenet", "wrong:0.5", percent) == ""


def test_a_damaged_outcome_is_said_and_set_aside(store):
    data = dataset()
    wanted = plan(data)
    fill(store, data, wanted)
    key = wanted.key(wanted.cells[0])
    (store.root / OUTCOMES / key[:2] / key).write_bytes(b"PK nonsense")
    said = []
    found = load_study(store, wanted, said.append)
    assert len(found.outcomes) == len(wanted.cells) - 1
    assert len(said) == 1
    assert "set aside" in said[0]
    assert (store.root / "damaged" / OUTCOMES).is_dir()


def test_a_whole_store_is_one_study_for_each_data_set_never_mixed(store):
    small, large = dataset(per_class=20), dataset(per_class=30)
    fill(store, small, plan(small))
    fill(store, large, plan(large))
    found = studies(store, silent)
    assert sorted(len(one.card.y_test) for one in found) == [60, 90]
    assert all({o.fingerprint for o in one.outcomes} == {one.card.fingerprint} for one in found)


def test_outcomes_of_another_version_are_left_out_and_it_is_said(store, monkeypatch):
    data = dataset()
    fill(store, data, plan(data))
    monkeypatch.setattr("dqsuite.experiment.plan.TRAINER_VERSION", 99)
    said = []
    assert studies(store, said.append) == []
    assert said == ["6 outcomes were measured by another version of dqsuite and are not used"]


def alter(store, change):
    """Store again every outcome with its header changed."""
    for name in list(store.list(OUTCOMES)):
        header, arrays = unpack(store.get(OUTCOMES, name))
        change(header)
        (store.root / OUTCOMES / name[:2] / name).write_bytes(pack(header, **arrays))


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.update(format=99),
        lambda header: header["cell"]["recipe"].update(a_setting_of_the_future=1),
        lambda header: header["cell"].update(a_field_of_the_future=1),
    ],
    ids=["format", "setting", "field"],
)
def test_outcomes_that_another_version_wrote_are_left_where_they_are(store, change):
    data = dataset()
    fill(store, data, plan(data))
    alter(store, change)
    said = []
    assert studies(store, said.append) == []
    assert said == ["6 outcomes were written by another version of dqsuite and are not used"]
    assert len(list(store.list(OUTCOMES))) == 6


def test_a_corruption_that_this_version_does_not_know_is_left_out(store):
    data = dataset()
    wanted = plan(data)
    foreign = [type(c).from_json(c.to_json() | {"corruption": "smudge:0.1"}) for c in wanted.cells[:1]]
    fill(store, data, type(wanted)(wanted.dataset, wanted.fingerprint, (*wanted.cells, *foreign)))
    said = []
    (found,) = studies(store, said.append)
    assert len(found.outcomes) == 6
    assert "1 outcomes were measured by another version" in said[0]


def test_an_outcome_under_another_name_counts_as_damaged(store):
    data = dataset()
    wanted = plan(data)
    fill(store, data, wanted)
    one, other = (store.root / OUTCOMES / name[:2] / name for name in sorted(store.list(OUTCOMES))[:2])
    other.write_bytes(one.read_bytes())
    said = []
    assert len(load_study(store, wanted, said.append).outcomes) == 5
    assert "not what its name says" in said[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda header, arrays: arrays.update(last=arrays["last"][:-1], best_xor_last=arrays["best_xor_last"][:-1]),
        lambda header, arrays: arrays.update(last=arrays["last"] | np.uint8(128)),
        lambda header, arrays: header.update(manifest={}),
    ],
    ids=["too few images", "a class too many", "no manifest"],
)
def test_outcomes_that_do_not_fit_the_data_set_are_left_out(store, change):
    data = dataset()
    fill(store, data, plan(data, repeats=2))
    name = sorted(store.list(OUTCOMES))[0]
    header, arrays = unpack(store.get(OUTCOMES, name))
    change(header, arrays)
    (store.root / OUTCOMES / name[:2] / name).write_bytes(pack(header, **arrays))
    said = []
    (found,) = studies(store, said.append)
    assert len(found.outcomes) == 3
    (told,) = said
    assert told.startswith(("1 outcomes do not fit the data set made", "a damaged record in outcomes"))


def test_the_same_content_under_two_names_is_two_studies(store):
    data = dataset()
    one = plan(data)
    other = [type(cell).from_json(cell.to_json() | {"dataset": "other"}) for cell in one.cells]
    fill(store, data, one)
    fill(store, data, type(one)("other", one.fingerprint, tuple(other)))
    assert [found.accuracy("lenet", "clean").n for found in studies(store, silent)] == [3, 3]


def test_outcomes_without_their_card_are_said(store):
    data = dataset()
    fill(store, data, plan(data))
    (store.root / CARDS / data.fingerprint[:2] / data.fingerprint).unlink()
    said = []
    assert studies(store, said.append) == []
    assert "its card is missing" in said[0]


def test_versions_name_what_an_outcome_depends_on():
    names = [name for name, _ in versions(Chain.of("first:10+wrong:0.3"), "lenet;width=0.5")]
    assert names == ["train", "first", "lenet", "wrong"]
    assert versions(Chain(), "mine:factory@0123456789ab") == (("train", TRAINER_VERSION),)


def test_matrices_at_the_best_epoch_come_from_the_best_predictions(store):
    data = dataset()
    wanted = plan(data, [], repeats=1)
    fill(store, data, wanted)
    found = load_study(store, wanted, silent)
    np.testing.assert_array_equal(
        found.predicted("lenet", "clean", "best").values[0], found.at("lenet", "clean")[0].best
    )


def test_a_study_is_read_as_labelled_arrays_and_as_a_table(store):
    data = dataset()
    fill(store, data, plan(data, conditions=("wrong:0.5", "reduce:0.5")), lambda cell: 3 * (cell.corruption != "clean"))
    (found,) = studies(store, pytest.fail)
    accuracies, matrices, recalls = found.accuracies(), found.matrices(), found.recalls()
    assert accuracies.dims == ("model", "condition", "repeat")
    assert list(accuracies.condition.values) == ["clean", "wrong:0.5", "reduce:0.5"]
    assert accuracies.sel(condition="clean").values == pytest.approx(1)
    assert matrices.dims == ("model", "condition", "repeat", "true", "predicted")
    assert matrices.sum(("true", "predicted")).values == pytest.approx(60)
    accuracy = accuracies.sel(condition="wrong:0.5").mean().item()
    assert recalls.sel(condition="wrong:0.5").mean().item() == pytest.approx(accuracy)
    table = found.to_dataframe()
    assert len(table) == 9
    assert table.groupby("condition")["accuracy"].mean()["wrong:0.5"] == pytest.approx(accuracy)
    assert table["recall_cat"].between(0, 1).all()


def test_what_was_not_trained_is_not_a_number_in_the_arrays(store):
    data = dataset()
    wanted = plan(data, models=("lenet", "nin"))
    fill(store, data, dataclasses.replace(wanted, cells=wanted.cells[:-1]))
    (found,) = studies(store, pytest.fail)
    assert int(np.isnan(found.accuracies()).sum()) == 1
