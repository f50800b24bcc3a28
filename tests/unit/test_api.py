from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import dqsuite as dq
from dqsuite import corruptions
from dqsuite.core.seeds import streams

SMALL = {"settings": {"epochs": 1}, "repeats": 2, "workers": 1}


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 8, 8), np.uint8)
    labels = np.arange(40) % 2
    return images, labels, images[:10], labels[:10]


def test_a_study_from_python_is_that_of_the_command_line(tmp_path, monkeypatch):
    from dqsuite import cli

    here = dq.run("digits", corrupt="wrong:0.5", store=tmp_path, **SMALL)
    assert list(here.accuracies().condition.values) == ["clean", "wrong:0.5"]
    assert len(here.to_dataframe()) == 4
    monkeypatch.chdir(tmp_path)
    options = ["--corrupt", "wrong:0.5", "--epochs", "1", "--repeats", "2", "--workers", "1", "--store", str(tmp_path)]
    assert cli.main(["plan", *options]) == 0
    trained: list[object] = []
    dq.run("digits", corrupt="wrong:0.5", store=tmp_path, report=trained.append, **SMALL)
    assert trained == []  # all is stored


def test_a_data_set_of_arrays_is_trained_by_other_processes(tmp_path, arrays):
    data = dq.make_dataset(*arrays, classes=("cat", "dog"), name="pets")
    assert data.classes == ("cat", "dog")
    assert data.name.startswith("npz:pets@")
    study = dq.run(data, corrupt=["reduce:0.5"], store=tmp_path, repeats=1, workers=2, settings={"epochs": 1})
    assert study.card.fingerprint == data.fingerprint
    assert dq.make_dataset(*arrays, classes=("cat", "dog"), name="pets").fingerprint == data.fingerprint


def test_a_loaded_data_set_keeps_its_name(tmp_path):
    study = dq.run(dq.load_dataset("digits"), store=tmp_path, repeats=1, workers=1, settings={"epochs": 1})
    assert study.card.name == "digits"


def test_arrays_that_do_not_fit_are_one_line(arrays):
    x_train, y_train, *rest = arrays
    with pytest.raises(dq.DqError, match="uint8"):
        dq.make_dataset(x_train / 255.0, y_train, *rest)


def test_damage_is_what_a_repeat_meets():
    data = dq.load_dataset("digits")
    found = dq.damage(data, "wrong:0.2", repeat=3)
    same = corruptions.apply(corruptions.parse("wrong:0.2"), data.x_train, data.y_train, data.classes, streams(3).noise)
    np.testing.assert_array_equal(found.labels, same.labels)
    assert found.manifest.effective_rate == pytest.approx(0.2, abs=0.001)


def test_claims_are_judged_from_a_store(tmp_path):
    judged = dq.judge("lie3-noise-hurts-more", store=tmp_path)
    assert len(judged) == 38
    assert {each.verdict.status for each in judged} == {dq.Status.NOT_MEASURED}
    with pytest.raises(dq.DqError, match="unknown claim"):
        dq.judge("lie3-noise", store=tmp_path)


def test_the_public_names_are_all_there_and_cost_nothing_until_they_are_used():
    code = "import sys, dqsuite; assert not {'numpy', 'torch'} & set(sys.modules); dqsuite.Verdict; dqsuite.nothing"
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "has no attribute 'nothing'" in ended.stderr
    assert all(getattr(dq, name) for name in dq.__all__)
