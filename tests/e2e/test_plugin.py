"""Claims as pytest cases: verdicts become outcomes of tests, with and without workers."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_line import run
from fabricated import dataset, fill
from one_finding import CASE, pytest_of, review

from dqsuite.claims.requirements import cells_of
from dqsuite.core.hardware import training_precision
from dqsuite.datasets import Dataset
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.sources.open.claims import merging_cat_and_dog

ROOT = Path(__file__).parents[2]


def test_stray_files_in_a_store_break_neither_pytest_nor_claims_nor_the_report(desk, call):
    folder = desk(noise=10, less=0)
    outcomes = folder / "store" / "outcomes"
    (outcomes / "notes.txt").write_text("stray")
    (outcomes / "lost+found").mkdir()
    (next(outcomes.glob("??")) / ".nfs0001").write_text("stray")
    os.mkfifo(outcomes / "pipe")
    tested = pytest_of(folder)
    assert tested.returncode == 0, tested.stdout
    for command in ("claims", "report"):
        assert call(command, "--store", "store", cwd=folder).returncode == 0


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_finding_that_holds_passes_and_is_written_down(desk, workers):
    folder = desk(10, 2)
    result = pytest_of(folder, "--dq-report", "verdicts.json", *workers)
    assert result.returncode == 0, result.stdout
    assert "1 holds" in result.stdout
    written = json.loads((folder / "verdicts.json").read_text())["verdicts"]
    (verdict,) = [each for each in written if each["case"] == CASE]
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


QUESTION = """
from dqsuite.sources.open import claims as questions
from dqsuite.plugin import case_of

test_merging_cat_and_dog = case_of(questions.merging_cat_and_dog)
"""


def test_a_question_is_skipped_with_its_numbers_and_never_fails(tmp_path):
    (tmp_path / "test_it.py").write_text(QUESTION)
    data = Dataset(**{**vars(dataset(CLASSES["cifar10"])), "name": "cifar10"})
    cells = cells_of(merging_cat_and_dog, {}, "full", training_precision("auto", "cpu"))
    fill(Store(tmp_path / "store"), data, Plan("cifar10", data.fingerprint, tuple(cells)), lambda cell: 2)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", "-m", "full", "--dq-strict"]
    command += ["--dq-store", "store", "--dq-budget", "0s", "--dq-device", "cpu", "--dq-markdown", "summary.md"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert "1 skipped" in result.stdout
    assert "open-merge: reported 0 points (0 to " in result.stdout
    assert "| `open-merge` | reported | 0 points | " in (tmp_path / "summary.md").read_text()
    listed = run("claims", "--store", "store", "open-merge", cwd=tmp_path)
    assert "reported 0 points" in listed.stdout
    assert "The interval is that of the comparison that decides" in listed.stdout


def test_what_the_budget_leaves_out_is_not_measured(desk):
    folder = desk(5, 5)
    result = pytest_of(folder, "--dq-store", "empty")
    assert result.returncode == 0, result.stdout
    assert "not measured" in result.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--dq-scale", "ful"), "unknown scale 'ful'; did you mean 'full'"),
        (("--dq-budget", "soon"), "the budget 'soon' is no duration; write 90s, 30m or 8h"),
        (("--dq-device", "gpu"), "unknown device 'gpu'; use auto, cpu or cuda"),
        (("--dq-report", "test_it.py/verdicts.json"), "name another file with --dq-report"),
    ],
)
def test_a_mistake_is_one_line(desk, options, told):
    result = pytest_of(desk(5, 5), *options)
    assert result.returncode == 4
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_store_that_is_a_file_is_one_line_where_it_is_used_and_no_matter_elsewhere(desk):
    folder = desk(5, 5)
    used = pytest_of(folder, "--dq-store", "test_it.py")
    assert used.returncode == 1
    assert "test_it.py is a file; name a folder with --dq-store" in used.stdout
    assert "Traceback" not in used.stdout
    (folder / "test_it.py").write_text("def test_lenet_01():\n    pass\ntest_lenet_01.claim = 'mine'\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--dq-store", "test_it.py"]
    assert subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).returncode == 0


def test_a_store_elsewhere_that_pytest_takes_for_the_tests_is_one_line(tmp_path):
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    mine.mkdir()
    theirs.mkdir()
    (mine / "pytest.ini").write_text("[pytest]\n")
    (mine / "test_it.py").write_text("def test_root(pytestconfig):\n    assert pytestconfig.rootpath.name == 'mine'\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0"]
    for at, named in ((mine, ("--dq-store", "../theirs")), (mine, ("--dq-data", str(theirs)))):
        result = subprocess.run([*command, *named], cwd=at, capture_output=True, text=True, check=False)
        assert result.returncode == 4
        assert f"pytest takes {named[1]} for the folder of the tests; write {'='.join(named)}" in result.stderr
    fine = ((mine, ("--dq-store=../theirs",)), (mine, (".", "--dq-store", "../theirs")))
    for at, named in (*fine, (tmp_path, ("mine", "--dq-store", "theirs"))):
        result = subprocess.run([*command, *named], cwd=at, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


def test_a_scale_that_claims_alone_have_reads_no_other_tests():
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-n",
        "0",
        "-m",
        "medium",
        "--collect-only",
        "-q",
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert "tests/claims/test_lie1.py" in listed
    assert "deselected" not in listed


def test_the_summary_and_the_properties_tell_the_numbers(desk):
    folder = desk(2, 10)
    review(folder)
    pytest_of(folder, "--junitxml", "junit.xml", "--dq-markdown", "summary.md")
    cases = ElementTree.parse(folder / "junit.xml").iter("properties")
    found = [{each.get("name"): each.get("value") for each in shown} for shown in cases]
    (told,) = (each for each in found if each["dqsuite.case"] == CASE)
    assert (told["dqsuite.claim"], told["dqsuite.scale"]) == ("lie3-noise-hurts-more", "full")
    assert told["dqsuite.status"] == "refuted"
    assert float(told["dqsuite.effect"]) == pytest.approx(40)
    assert 0 < float(told["dqsuite.low"]) < 40 < float(told["dqsuite.high"])
    assert told["dqsuite.repeats"] == "5"
    summary = (folder / "summary.md").read_text()
    assert "### Published findings at scale full\n\n1 refuted, 1 not measured\n" in summary
    assert f"- `lie3-noise-hurts-more {CASE}`, newly refuted: refuted 40 points" in summary
    assert f"| `lie3-noise-hurts-more {CASE}` | refuted | 40 points | " in summary


def test_outcomes_of_another_version_are_not_used_and_that_is_said_once(desk):
    folder = desk(10, 2)
    store = Store(folder / "store")
    for name in list(store.list(OUTCOMES)):
        other = Outcome.from_bytes(store.get(OUTCOMES, name))
        other = dataclasses.replace(other, cell=dataclasses.replace(other.cell, versions=(("train", 0),)))
        store.set_aside(OUTCOMES, name)
        store.put_if_absent(OUTCOMES, other.key, other.to_bytes())
    told = "at least 5 outcomes of another version of dqsuite are not used"
    shown = pytest_of(folder, "-n", "2").stdout
    assert shown.count(told) == 1
    assert "2 not measured: the time budget is spent" in shown
    listed = run("claims", "--store", "store", cwd=folder)
    assert listed.stderr.splitlines() == [f"dqsuite: {told}"]


def test_the_runners_old_name_is_one_line_with_the_new_one(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_mine(dq_bench):\n    pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--no-header"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert shown.returncode == 1, shown.stdout
    told = "dq_bench is called dq_runner now; write that in its place"
    assert told in shown.stdout.splitlines()
    assert "available fixtures" not in shown.stdout


def test_a_guest_leaves_tests_of_others_alone(tmp_path):
    (tmp_path / "store").write_text("a file")
    (tmp_path / "test_theirs.py").write_text(
        "import pytest\n\ndef test_theirs():\n    pass\n\ntest_theirs.claim = 'refund'\n"
        "@pytest.mark.quick\ndef test_quick():\n    pass\n"
    )
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n    quick: what takes no time\naddopts = --strict-markers\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--dq-store", "store", "-W", "error"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed" in result.stdout


def test_a_store_hangs_on_the_root_folder(desk):
    folder = desk(10, 2)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "below").mkdir()
    command = [sys.executable, "-m", "pytest", "../test_it.py", "-p", "no:cacheprovider"]
    command += ["-m", "full", "-k", f"{CASE}]"]
    command += ["--dq-store", "store", "--dq-budget", "0s", "--dq-device", "cpu"]
    result = subprocess.run(command, cwd=folder / "below", capture_output=True, text=True, check=False)
    assert "1 holds" in result.stdout, result.stdout + result.stderr


def test_a_verdict_that_every_worker_gives_counts_once(desk):
    result = pytest_of(desk(10, 2), "-n", "2", "--dist", "each")
    assert "    1 holds" in result.stdout, result.stdout


def test_workers_tell_of_a_store_that_is_a_file(desk):
    result = pytest_of(desk(10, 2), "--dq-store", "test_it.py", "-n", "2")
    assert result.returncode == 1
    assert "test_it.py is a file; name a folder with --dq-store" in result.stdout
    assert "Traceback" not in result.stdout
