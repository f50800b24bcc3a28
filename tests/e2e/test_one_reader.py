"""The same evidence gives the same verdicts to every face, and on every processor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dqsuite as dq
from dqsuite.core import hardware

ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "reports" / "evidence" / "full-fp32.zip"
NUMBERS = ("status", "effect", "low", "high", "n", "evidence", "precision", "data")
PROCESSORS = {"AVX2": {"avx2", "fma"}, "AVX-512": {"avx2", "avx512f", "avx512_bf16"}, "AMX": {"avx512f", "amx_bf16"}}


def told(plain):
    return {(each["claim"], each["case"]): [each[name] for name in NUMBERS] for each in plain["verdicts"]}


@pytest.fixture
def store(call, tmp_path):
    assert call("evidence", "import", str(EVIDENCE), "--store", "store", cwd=tmp_path).returncode == 0
    return tmp_path / "store"


@pytest.mark.parametrize("flags", PROCESSORS.values(), ids=PROCESSORS)
def test_the_verdicts_of_the_evidence_are_the_same_on_every_processor(store, call, flags, monkeypatch):
    monkeypatch.setattr(hardware, "cpu_flags", lambda: flags)
    listed = told(json.loads(call("claims", "--json", "--store", "store", cwd=store.parent).stdout))
    assert sum(status in ("holds", "refuted", "inconclusive") for status, *_ in listed.values()) >= 9
    assert {precision for _, *_, precision, _ in listed.values()} == {"", "fp32"}
    monkeypatch.undo()
    judged = dq.judge(store=store)
    assert {(each.claim, each.case): [each.to_json()[name] for name in NUMBERS] for each in judged} == listed


def test_claims_report_and_pytest_give_the_same_verdicts(store, call, pytester_run):
    listed = told(json.loads(call("claims", "--json", "--store", "store", cwd=store.parent).stdout))
    assert call("report", "--store", "store", "--out", "page/", cwd=store.parent).returncode == 0
    assert told(json.loads((store.parent / "page" / "verdicts.json").read_text())) == listed
    tested = told(json.loads(pytester_run(store)))
    measured = {key: numbers for key, numbers in listed.items() if numbers[0] != "not measured"}
    assert {key: numbers for key, numbers in tested.items() if numbers[0] != "not measured"} == measured


@pytest.fixture
def pytester_run(tmp_path):
    """Run the faces of the claims in pytest on a store, without training, and return the verdicts as JSON."""

    def run(store):
        target = tmp_path / "pytest.json"
        options = ["--dq-store", str(store), "--dq-budget", "0s", "--dq-report", str(target), "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", "-q", "-m", "full", *options, str(ROOT / "tests" / "claims")]
        ended = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
        assert target.exists(), ended.stdout + ended.stderr
        return target.read_text()

    return run
