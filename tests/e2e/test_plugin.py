"""Claims as pytest cases: verdicts become outcomes of tests, with and without workers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fabricated import dataset, fill

from dqsuite.cells import Plan
from dqsuite.claims.labs import cells_of
from dqsuite.claims.lie3 import noise_hurts_more
from dqsuite.datasets import Dataset
from dqsuite.datasets.named import CLASSES
from dqsuite.hardware import native_precision
from dqsuite.store import OUTCOMES, Store

FILE = """
from dqsuite.claims import lie3
from dqsuite.plugin import case_of

test_noise_hurts_more = case_of(lie3.noise_hurts_more)
"""
DEFECT = "\nlie3.noise_hurts_more.judge.__code__ = (lambda lab, model, level: 1 / 0).__code__\n"
ONE = "lenet-0.1"


@pytest.fixture
def desk(tmp_path):
    """A folder with one test file, and a way to make its store show more or less harm by noise."""
    (tmp_path / "test_it.py").write_text(FILE)
    made = dataset(CLASSES["cifar10"])
    data = Dataset(**{**vars(made), "name": "cifar10"})

    def show(noise, less):
        case = {"model": "lenet", "level": "0.1"}
        cells = cells_of(noise_hurts_more, case, "full", native_precision("cpu"))
        fill(Store(tmp_path / "store"), data, Plan("cifar10", data.fingerprint, tuple(cells)), wrong)
        return tmp_path

    def wrong(cell):
        spread = cell.repeat % 2
        return spread + (show.noise if "shuffle" in cell.corruption else show.less)

    def world(noise, less):
        show.noise, show.less = noise, less
        return show(noise, less)

    return world


def pytest_of(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the one case in a process of its own, from the store alone."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", "-m", "full", "-k", f"{ONE}]"]
    command += ["--dq-store", "store", "--dq-budget", "0s", "--dq-device", "cpu", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_finding_that_holds_passes_and_is_written_down(desk, workers):
    folder = desk(10, 2)
    result = pytest_of(folder, "--dq-report", "verdicts.json", *workers)
    assert result.returncode == 0, result.stdout
    assert "1 holds" in result.stdout
    written = json.loads((folder / "verdicts.json").read_text())["verdicts"]
    (verdict,) = [each for each in written if each["case"] == ONE]
    assert (verdict["claim"], verdict["status"]) == ("lie3-noise-hurts-more", "holds")
    assert verdict["effect"] == pytest.approx(-40)
    assert verdict["low"] < -40 < verdict["high"] < 0
    assert verdict["n"] == 5


def test_a_refuted_finding_fails_and_says_why(desk):
    result = pytest_of(desk(2, 10))
    assert result.returncode == 1
    assert "ClaimRefuted" in result.stdout
    assert "lie3-noise-hurts-more: refuted 40 points" in result.stdout
    assert "1 refuted" in result.stdout


def test_an_inconclusive_finding_is_skipped_with_its_numbers_or_fails_where_that_is_asked_for(desk):
    folder = desk(5, 5)
    result = pytest_of(folder)
    assert result.returncode == 0, result.stdout
    assert "lie3-noise-hurts-more: inconclusive 0 points" in result.stdout
    assert pytest_of(folder, "--dq-strict").returncode == 1


def test_what_the_budget_leaves_out_is_not_measured(desk):
    folder = desk(5, 5)
    result = pytest_of(folder, "--dq-store", "empty")
    assert result.returncode == 0, result.stdout
    assert "not measured" in result.stdout


def test_a_reviewed_refutation_is_expected_and_a_defect_under_it_is_not(desk):
    folder = desk(2, 10)
    reviewed = [{"claim": "lie3-noise-hurts-more", "case": ONE, "scale": "full", "reason": "as measured"}]
    listed = folder / "refutations.json"
    listed.write_text(json.dumps(reviewed))
    patch = f"import pathlib, dqsuite.plugin\ndqsuite.plugin._REFUTATIONS = pathlib.Path({str(listed)!r})\n"
    (folder / "conftest.py").write_text(patch)
    result = pytest_of(folder)
    assert result.returncode == 0, result.stdout
    assert "1 xfailed" in result.stdout
    (folder / "test_it.py").write_text(FILE + DEFECT)
    broken = pytest_of(folder)
    assert broken.returncode == 1
    assert "ZeroDivisionError" in broken.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--dq-scale", "ful"), "unknown scale 'ful'; did you mean 'full'"),
        (("--dq-budget", "soon"), "the budget 'soon' is no duration; write 90s, 30m or 8h"),
    ],
)
def test_a_mistake_is_one_line(desk, options, told):
    result = pytest_of(desk(5, 5), *options)
    assert result.returncode == 4
    assert told in result.stderr
    assert "Traceback" not in result.stderr


TINY = """
from dqsuite.claims import scales
from dqsuite.recipes import RECIPES

tiny = scales.Setup("digits", "lenet", RECIPES["standard"].having(epochs=1), volume="first:300", repeats=2)
scales.SCALES._entries["full"] = {("cifar10", "lenet"): tiny}
"""


def test_workers_train_every_cell_once_and_the_next_session_none(tmp_path):
    (tmp_path / "test_it.py").write_text(FILE)
    (tmp_path / "conftest.py").write_text(TINY)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "full"]
    command += ["--dq-store", "store", "--dq-device", "cpu", "-rs", "-n", "2"]
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stdout
    store = Store(tmp_path / "store")
    names = sorted(store.list(OUTCOMES))
    assert len(names) == 2 * 6 * 2
    written = {name: (store.root / OUTCOMES / name[:2] / name).stat().st_mtime_ns for name in names}
    (tmp_path / "torch.py").write_text("raise SystemError('torch was imported')\n")
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout
    assert {name: (store.root / OUTCOMES / name[:2] / name).stat().st_mtime_ns for name in names} == written
    assert "24 not applicable" in again.stdout
    assert "not measured" not in again.stdout
