"""The table of a study at any width, and the same numbers as JSON."""

from __future__ import annotations

import dataclasses
import io
import json

import numpy as np
import pytest
from fabricated import dataset, outcome, plan
from rich.console import Console

from dqsuite.cli.json_summary import as_json
from dqsuite.cli.summary import show
from dqsuite.experiment.card import Card
from dqsuite.results.study import Study
from dqsuite.results.warnings import warnings_of

DATA = dataset(per_class=40)


def study(data=DATA, repeats=3):
    cells = plan(DATA, ["wrong:0.1", "wrong:0.5", "reduce:0.5"], repeats=repeats).cells
    wrong = {"clean": 1, "wrong:0.1": 3, "wrong:0.5": 30, "reduce:0.5": 6}
    found = [outcome(cell, DATA, wrong[cell.corruption] + cell.repeat % 2) for cell in cells]
    return Study(Card.of(data), tuple(dataclasses.replace(each, fingerprint=data.fingerprint) for each in found))


def shown(found, width):
    console = Console(file=io.StringIO(), width=width)
    show(found, console)
    return console.file.getvalue()


def test_at_sixty_columns_every_number_is_whole_and_nothing_is_cut():
    text = shown(study(), 60)
    assert max(map(len, text.splitlines())) <= 60
    assert "…" not in text
    for number in ("24.2%", "-72.5", "cat -72.5", "deer -72.5"):
        assert number in text


def test_every_number_has_its_interval():
    row = next(line for line in shown(study(), 160).splitlines() if line.startswith("│ wrong:0.5 "))
    assert row.count(" to ") == 2 + 3  # accuracy, its change, and three classes


def test_balanced_rates_are_shown_where_classes_are_uneven():
    uneven = dataclasses.replace(DATA, y_test=np.repeat([0, 1, 2], [80, 20, 20]), fingerprint="")
    assert "macro-F1" in shown(study(uneven), 60)
    assert "macro-F1" not in shown(study(), 60)


def test_the_answer_the_repeats_and_the_warnings_stand_below():
    text = shown(study(repeats=2), 160)
    assert "lenet: " in text
    assert "to ± 3 points takes" in text
    assert "warning:" not in text
    assert "Test labels are taken as given" in text
    assert "warning: one repeat has no interval" in shown(study(repeats=1), 160)


def test_the_json_has_the_same_numbers_and_is_json():
    found = study(repeats=1)
    printed = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert [each["kind"] for each in printed["warnings"]] == [each.kind for each in warnings_of(found)]
    whole = as_json(study())
    assert whole["test_labels"] == "as given"
    noisy = whole["conditions"][2]
    assert set(noisy) == {
        *("name", "model", "accuracy", "vs_clean", "balanced_accuracy", "balanced_vs_clean", "macro_f1"),
        *("recall", "recall_vs_clean"),
    }
    for number in (noisy["accuracy"], noisy["macro_f1"], *noisy["recall"].values()):
        assert 0 <= number["low"] < number["mean"] < number["high"] <= 1
    assert noisy["recall"]["cat"]["mean"] == pytest.approx(1 - 30.333 / 40, abs=1e-3)
    assert whole["breaking"][0]["first"][0]["recall_vs_clean"]["high"] < 0
    assert set(whole["repeats_for_3_points"][0]) == {"model", "accuracy", "recall"}
