"""A file of evidence, some of which is trained again."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from dqsuite.experiment.evidence import export_evidence
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import OUTCOMES, Store

GRID = "run --dataset planted --corrupt wrong:0.5 --repeats 3 --epochs 1 --workers 1 --device cpu --store s --out out/"
CHECK = "evidence check e.zip --workers 1 --device cpu"


@pytest.fixture
def stored(call, tmp_path):
    """The outcomes of a small study, also in ``e.zip``."""
    assert call(*GRID.split(), cwd=tmp_path).returncode == 0
    assert call("evidence", "export", "e.zip", "--store", "s", cwd=tmp_path).returncode == 0
    store = Store(tmp_path / "s")
    return [Outcome.from_bytes(store.get(OUTCOMES, name)) for name in sorted(store.list(OUTCOMES))]


def packed(folder, outcomes):
    """Write the file with these outcomes and the cards of the study."""
    shutil.copytree(folder / "s" / "cards", folder / "told" / "cards")
    store = Store(folder / "told")
    for outcome in outcomes:
        store.put_if_absent(OUTCOMES, outcome.key, outcome.to_bytes())
    export_evidence(store, folder / "e.zip")


def test_what_this_machine_measured_it_measures_again(call, tmp_path, stored):
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = call(*CHECK.split(), "--sample", "4", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("4 of 4 are the same to the bit\n")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_forged_accuracy_is_beyond_what_repeats_do(call, tmp_path, stored):
    told = []
    for outcome in stored:
        wrong = (outcome.last + 1) % 3
        curves = {
            **outcome.curves,
            "test_accuracy": outcome.curves["test_accuracy"] * 0 + 0.95 + 0.01 * outcome.cell.repeat,
        }
        told.append(replace(outcome, last=wrong, best=wrong, curves=curves))
    packed(tmp_path, told)
    result = call(*CHECK.split(), "--sample", "2", cwd=tmp_path)
    assert result.returncode == 1, result.stdout
    assert result.stdout.count(" beyond ±") == 2
    assert "0 of 2 are the same to the bit; the other 2 differ by -" in result.stdout


def test_what_cannot_be_checked_is_said(call, tmp_path, stored):
    late = call(*CHECK.split(), "--budget", "0s", cwd=tmp_path)
    assert late.returncode == 0
    assert "6 of 6 were not trained: the time budget is spent" in late.stderr
    unknown = call(*CHECK.split(), "--only", "resnet*", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "no outcome of resnet*; it has lenet" in unknown.stderr
    packed(tmp_path, [replace(each, cell=replace(each.cell, versions=(("train", 1),))) for each in stored])
    result = call(*CHECK.split(), cwd=tmp_path)
    assert result.returncode == 2
    assert "6 outcomes of another version of dqsuite are not checked" in result.stderr
