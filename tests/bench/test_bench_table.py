from __future__ import annotations

import json
import sys

import pytest
import table
from speed import BENCHES, Figure, Settings, gpu, steps
from speed.fabricated import claims_cells
from speed.machine import machine

from dqsuite import cli


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["trainig"], "did you mean 'training'"),
        (["--case", "lenett"], "did you mean 'lenet'"),
        (["keras"], "name one with --python PATH"),
        (["keras", "--python", "/nowhere/python"], "there is no Python"),
        (["keras", "--python", sys.executable], "has no TensorFlow"),
    ],
)
def test_a_mistake_is_one_line(arguments, complaint, capsys):
    assert table.main(arguments) == 2
    assert complaint in capsys.readouterr().err.splitlines()[-1]


def test_one_turn_is_refused(capsys):
    with pytest.raises(SystemExit):
        table.main(["--turns", "1"])
    assert "one turn has no spread" in capsys.readouterr().err


def test_the_command_that_it_was_names_the_new_one(capsys):
    assert cli.main(["bench", "training"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "python tests/bench/table.py" in line


def test_results_are_printed_and_saved_and_unequal_sides_fail(monkeypatch, tmp_path, capsys):
    figures = [Figure("good", [2.0, 3.0], "×"), Figure("unequal", [9.0, 9.0], "×", sound=False)]
    monkeypatch.setattr(type(BENCHES["around"]), "measure", lambda self, settings: iter(figures))
    assert table.main(["around", "--device", "cpu", "--out", str(tmp_path / "bench.json")]) == 2
    said = capsys.readouterr()
    assert "good: 2.5×" in said.out
    assert "| good | 2.5× | 2 to 3 of 2 |  |  |" in said.out
    assert "did not reach the same accuracy in unequal" in said.err
    found = json.loads((tmp_path / "bench.json").read_text())
    assert [figure["sound"] for figure in found["figures"]] == [True, False]
    assert found["machine"]["cores"] == machine("cpu")["cores"]


def test_every_benchmark_can_be_found():
    for bench in BENCHES.values():
        assert bench.measure(Settings()) is not None


def test_the_full_study_is_projected_from_its_parts(tmp_path, monkeypatch):
    monkeypatch.delenv("DQSUITE_DATA", raising=False)
    *parts, whole = gpu.projection(Settings(cases=("lenet5",), images=200), tmp_path)
    assert parts
    assert whole.median == pytest.approx(sum(part.median for part in parts))
    assert 0 < whole.median < 10_000
    cells = [cell for cell in claims_cells("fp32") if cell.model == "lenet5"]
    assert whole.note.startswith(f"{len(cells)} cells")


def test_a_share_of_the_limit_is_the_direct_convolutions_of_which_winograd_does_a_quarter(tmp_path, monkeypatch):
    monkeypatch.delenv("DQSUITE_DATA", raising=False)  # generated images are of every class, however few they are
    limit, *rest = gpu.shares(Settings(images=16), tmp_path, "resnet18;width=0.25")
    assert limit.median > 0
    shares = [figure.median for figure in rest if figure.unit == "%"]
    assert len(shares) == 2
    assert all(0 < share < 400 for share in shares)


def test_a_step_is_timed_for_each_model_of_the_scale_that_is_asked_for(monkeypatch):
    monkeypatch.delenv("DQSUITE_DATA", raising=False)
    (figure,) = steps.measure(Settings(cases=("lenet5",), images=256, turns=2))
    assert figure.name == "lenet5, a step"
    assert figure.unit == "ms"
    assert 0 < figure.median < 1000
