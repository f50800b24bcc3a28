"""The repository of somebody who has data, a model and tests of their own, and dqsuite installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from command_line import run

import dqsuite

STUDY = ("--dq-device", "cpu", "-k", "not forgotten")


def pytest_in(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the shop's tests in a process that sees dqsuite and nothing else of this checkout."""
    environment = os.environ | {"PYTHONPATH": str(Path(dqsuite.__file__).parents[1])}
    command = [sys.executable, "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", "-rs", *options]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def stored(shop: Path) -> int:
    return sum(path.is_file() for path in (shop / ".dqsuite" / "store" / "outcomes").rglob("*"))


def test_workers_train_it_once_and_each_verdict_occurs(shop):
    cold = pytest_in(shop, "-n", "2", *STUDY, "--dq-report", "v.json", "--junitxml", "j.xml", "--dq-markdown", "m.md")
    assert cold.returncode == 1, cold.stdout + cold.stderr
    assert "1 failed, 3 passed, 1 skipped" in cold.stdout
    assert "Refuted: wrong:0.8 cost below 0.03: refuted " in cold.stdout
    assert "wrong:0.8 accuracy below 0." in cold.stdout
    assert stored(shop) == 9
    found = json.loads((shop / "v.json").read_text())["verdicts"]
    assert sorted(each["status"] for each in found) == ["holds"] * 4 + ["inconclusive", "refuted"]
    (refuted,) = (each for each in found if each["status"] == "refuted")
    assert refuted["claim"] == "checks/deep/test_shapes.py::test_much_noise_is_cheap"
    assert refuted["low"] > 0.03
    names = [each.get("name") for each in ElementTree.parse(shop / "j.xml").iter("property")]
    assert names.count("dqsuite.status") == 6
    assert "| refuted |" in (shop / "m.md").read_text()


def test_a_second_session_trains_nothing_from_a_sub_folder_too(shop):
    stamps = {path: path.stat().st_mtime_ns for path in (shop / ".dqsuite").rglob("*") if path.is_file()}
    warm = pytest_in(shop / "checks" / "deep", "test_shapes.py", *STUDY)
    assert warm.returncode == 1, warm.stdout + warm.stderr
    assert "1 failed, 2 passed, 1 skipped" in warm.stdout
    assert stored(shop) == 9
    assert not (shop / "checks" / "deep" / ".dqsuite").exists()
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items() if "outcomes" in path.parts)


def test_strict_lets_what_cannot_be_told_fail_and_each_counts_once(shop):
    both = pytest_in(shop, "--dist", "each", "--tx", "2*popen", "--dq-strict", "-k", "bound or cheap")
    assert "4 failed, 2 passed" in both.stdout, both.stdout
    assert "    1 refuted" in both.stdout


def test_a_claim_that_no_scale_knows_is_an_error(shop):
    result = pytest_in(shop, "-k", "forgotten", "--dq-device", "cpu")
    assert result.returncode == 1
    assert "no scale knows shop-forgotten" in result.stdout


def test_the_published_findings_are_tests_wherever_dqsuite_is_installed(tmp_path):
    result = pytest_in(tmp_path, "--pyargs", "dqsuite", "--dq-budget", "0s", "-k", "noise_hurts_more and lenet")
    assert result.returncode == 0, result.stdout
    assert "not measured: the time budget is spent" in result.stdout


def test_a_run_fails_if_what_it_says_is_so(shop):
    options = ("run", "--workers", "1", "--device", "cpu")  # the rest stands in its pyproject.toml
    path = {"PYTHONPATH": os.pathsep.join([str(shop / "src"), str(Path(dqsuite.__file__).parents[1])])}
    fails = ("--fail-if", "wrong:0.8 cost > 3%", "--json")
    refuted = run(*options, *fails, cwd=shop, **path)
    assert refuted.returncode == 1, refuted.stderr
    (demand,) = json.loads(refuted.stdout)["demands"]
    assert (demand["demand"], demand["status"]) == ("wrong:0.8 cost below 0.03", "refuted")
    holds = run(*options, "--fail-if", "clean recall(bar) < 0.6", "--save", "first", cwd=shop, **path)
    assert holds.returncode == 0, holds.stdout
    assert "clean recall(bar) above 0.6: holds" in holds.stdout
    same = run(*options, "--compare", "first", cwd=shop, **path)
    assert same.returncode == 0, same.stdout + same.stderr
    assert "beyond its interval since first: 0 of 9" in same.stdout
    unknown = run(*options, "--fail-if", "wrong:0.3 cost > 3%", cwd=shop, **path)
    assert unknown.returncode == 2
    assert "no wrong:0.3 in this run; it has clean, wrong:0.2, wrong:0.8" in unknown.stderr
