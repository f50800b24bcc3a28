"""Refutations that were reviewed are expected to fail, and what differs from them is told."""

from __future__ import annotations

import json

import pytest
from one_finding import CASE, FILE, pytest_of, review

from dqsuite import judge

DEFECT = "\nlie3.noise_hurts_more.judge.__code__ = (lambda measured, model, level: 1 / 0).__code__\n"
ENTRY = {
    "claim": "lie3-noise-hurts-more",
    "case": CASE,
    "scale": "full",
    "verdict": "refuted",
    "effect": 40.0,
    "interval": [38.0, 42.0],
    "cause": "finding",
    "reason": "as measured",
    "evidence": "0123456789ab",
}


def test_a_reviewed_refutation_is_expected_and_a_defect_under_it_is_not(desk):
    folder = desk(2, 10)
    (judged,) = [each for each in judge("lie3-noise-hurts-more", store=folder / "store") if each.case == CASE]
    review(folder, ENTRY | {"evidence": judged.evidence})
    result = pytest_of(folder)
    assert result.returncode == 0, result.stdout
    assert "1 xfailed" in result.stdout
    assert "flipped" not in result.stdout
    review(folder, ENTRY)
    other = pytest_of(folder)
    assert other.returncode == 0, other.stdout
    assert "refuted as reviewed, but on other evidence" in other.stdout
    review(folder, ENTRY | {"evidence": judged.evidence})
    (folder / "test_it.py").write_text(FILE + DEFECT)
    broken = pytest_of(folder)
    assert broken.returncode == 1
    assert "ZeroDivisionError" in broken.stdout


def test_the_entry_that_a_refuted_case_prints_makes_it_expected_once_it_has_a_reason(desk):
    folder = desk(2, 10)
    (printed,) = (line for line in pytest_of(folder).stdout.splitlines() if '"evidence"' in line)
    entry = json.loads(printed.removeprefix("E").strip().removeprefix("dqsuite.plugin.cases.ClaimRefuted: "))
    assert entry["effect"] == 40
    review(folder, entry | {"cause": "finding", "reason": "as planted"})
    assert "1 xfailed" in pytest_of(folder).stdout
    review(folder, entry | {"cause": "finding"})
    assert "has no reason; look for the reason, and write it" in pytest_of(folder).stderr


@pytest.mark.parametrize(
    ("noise", "less", "code", "told"),
    [(10, 2, 1, "now holds"), (5, 5, 0, "now inconclusive")],
    ids=["that now holds is red", "that cannot be told any more is reported"],
)
def test_an_expected_refutation(desk, noise, less, code, told):
    folder = desk(noise, less)
    review(folder, ENTRY)
    result = pytest_of(folder)
    assert result.returncode == code, result.stdout
    assert f"lie3-noise-hurts-more {CASE}, refuted as reviewed, {told}:" in result.stdout
    assert pytest_of(folder, "--dq-strict").returncode == 1


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_mistake_in_the_reviewed_file_is_one_line(desk, workers):
    folder = desk(2, 10)
    review(folder, ENTRY | {"claim": "lie3-noise-hurts-mor"})
    result = pytest_of(folder, *workers)
    assert result.returncode == 4
    told = "ERROR: refutations.json: unknown claim 'lie3-noise-hurts-mor'; did you mean 'lie3-noise-hurts-more'"
    assert told in result.stderr
    assert "Traceback" not in result.stderr + result.stdout
