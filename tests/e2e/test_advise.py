"""What to do about a data set, as a user asks for it; mistakes and poor data end in sense or in one line."""

from __future__ import annotations

import json

import numpy as np
import pytest

import dqsuite as dq
from dqsuite import cli

EASY = "planted;classes=4;fragile=0;train=160;test=200;size=8;difficulty=0.4"
SMALL = ("--epochs", "12", "--batch-size", "8", "--repeats", "4", "--workers", "1")
POOR = ("--epochs", "12", "--repeats", "3", "--workers", "1")


@pytest.fixture(scope="module")
def advised(tmp_path_factory):
    """A folder in which an advice was taken once, and what it printed."""
    folder = tmp_path_factory.mktemp("advised")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert cli.main(["advise", EASY, *SMALL, "--out", "first.html"]) == 0
    return folder


def test_an_advice_is_told_drawn_and_stored(advised, call):
    page = (advised / "first.html").read_text()
    assert "What to do about it" in page
    assert "what damage leaves of the data" in page
    again = call("advise", EASY, *SMALL, "--json", cwd=advised)
    assert again.returncode == 0, again.stderr
    found = json.loads(again.stdout)
    assert found["trained"] == 0  # the second is drawn from the store
    assert len(found["look_alikes"]["pairs"]) == 6
    assert found["look_alikes"]["pairs"][0]["classes"] == ["class 0", "class 1"]
    assert [each["damage"] for each in found["breaks_first"]] == ["wrong labels", "less data"]
    assert {each["condition"] for each in found["worth"]["damages"]} >= {"wrong:0.4", "long_tail:10", "drop_class:0"}


def test_the_plan_is_shown_with_its_time_and_nothing_is_trained(tmp_path, call):
    shown = call("advise", EASY, "--plan", "--workers", "1", cwd=tmp_path)
    assert shown.returncode == 0
    assert "136 cells, 8 repeats of each condition; 136 to train, about" in shown.stderr
    assert "reduce:0.5;stratified=1" in shown.stdout
    assert not list(tmp_path.rglob("*.html"))


def test_an_advice_from_python_is_that_of_the_command_line(advised, monkeypatch):
    monkeypatch.chdir(advised)
    trained: list[object] = []
    more = {"settings": {"epochs": 12, "batch_size": 8}, "repeats": 4, "workers": 1, "report": trained.append}
    found = dq.advise(EASY, corrupt=[], say=lambda line: None, **more)
    assert trained == []
    assert found.look_alikes is not None
    assert found.worth is not None
    assert found.worth.curve.sizes.tolist() == [20, 40, 80, 112, 160]


def test_a_study_that_is_at_hand_is_advised_on_as_far_as_it_goes(tmp_path):
    small = {"settings": {"epochs": 2}, "repeats": 2, "workers": 1, "store": tmp_path, "say": lambda line: None}
    found = dq.advise(dq.run(EASY, corrupt=["wrong:0.4"], **small))
    assert "look-alikes" in found.untold or "breaks first" in found.untold
    with pytest.raises(dq.DqError, match="no model"):
        dq.advise(dq.run(EASY, **small), "custom")


@pytest.mark.parametrize(
    ("data", "options", "mend"),
    [
        ("planted;classes=4;fragile=0;train=8;test=8;size=8", (), "three records of each class"),
        (EASY, ("--budget", "1s", "--epochs", "20000"), "give more"),
        (EASY, ("--budget", "soon"), "write 90s, 30m or 8h"),
        (EASY, ("--corrupt", "wrongg:0.1"), "wrong"),
        (EASY, ("--recipe", "standard;patience=2"), "leave out patience"),
    ],
)
def test_each_mistake_is_one_line(tmp_path, call, data, options, mend):
    found = call("advise", data, *options, cwd=tmp_path)
    assert found.returncode == 2
    assert mend in found.stderr
    assert found.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "poor",
    [
        "five records",
        "random labels",
        *(pytest.param(each, marks=pytest.mark.thorough) for each in ("two classes", "ten tested")),
    ],
)
def test_poor_data_get_an_answer(tmp_path, call, poor):
    data = {
        "two classes": "planted;classes=2;fragile=0;train=60;test=60;size=8;difficulty=0.4",
        "five records": "planted;classes=4;fragile=0;train=20;test=40;size=8;difficulty=0.4",
        "ten tested": "planted;classes=4;fragile=0;train=80;test=10;size=8;difficulty=0.4",
        "random labels": f"npz:{tmp_path}/random.npz",
    }[poor]
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (80, 8, 8), np.uint8)
    labels = np.arange(80) % 4
    parts = {"x_train": images[:60], "y_train": labels[:60], "x_test": images[60:], "y_test": labels[60:]}
    np.savez(tmp_path / "random.npz", **parts)
    found = call("advise", data, *POOR, "--spend", "10", "--json", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    printed = json.loads(found.stdout)
    labels = printed["labels"]
    assert 0 <= labels["wrong"]["low"] <= labels["wrong"]["high"] <= 1
    assert labels["decision"]["verdict"] in ("clean", "collect", "cannot be told apart")
    if poor == "random labels":
        assert "no better than guessing" in printed["cannot_tell"]["worth"]
        assert printed["breaks_first"] == []
        assert labels["range"]["high"] - labels["range"]["low"] > 0.2
        assert labels["decision"]["verdict"] != "clean"


def test_one_class_is_one_line(tmp_path, call):
    images, labels = np.zeros((20, 8, 8), np.uint8), np.zeros(20, np.int64)
    np.savez(tmp_path / "one.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    found = call("advise", f"npz:{tmp_path}/one.npz", "--spend", "10", cwd=tmp_path)
    assert found.returncode == 2
    assert found.stderr.count("\n") == 1


def test_perfect_labels_are_audited_and_nothing_is_to_be_cleaned(advised, call):
    sheet = advised / "checked.csv"
    ask = ("--audit", "checked.csv", "--suspects", "suspects", "--spend", "40", "--json")
    wrote = call("advise", EASY, *SMALL, *ask, cwd=advised)
    assert "fill in the column true" in wrote.stderr
    assert (advised / "checked.html").is_file()
    rows = [row.split(",") for row in sheet.read_text().splitlines()]
    sheet.write_text("\n".join([",".join(rows[0]), *(f"{record},{given},{given}" for record, given, _ in rows[1:])]))
    found = call("advise", EASY, *SMALL, *ask, cwd=advised)
    assert found.returncode == 0, found.stderr
    labels = json.loads(found.stdout)["labels"]
    assert labels["audited"]
    assert labels["wrong"]["high"] == 0  # all 160 records were checked
    assert labels["decision"]["clean"]["gain"]["high"] < 0.01
    assert labels["decision"]["verdict"] != "clean"
    assert len((advised / "suspects" / "suspects.csv").read_text().splitlines()) == 161
