"""The constants of the advice are those that the rehearsals say."""

import json
from pathlib import Path

import numpy as np
import pytest
from advice_rehearsals import REHEARSALS, fitted

from dqsuite.advice import response, trusted

ROWS = [json.loads(line) for line in Path(__file__).with_name("advice_rehearsals.jsonl").read_text().splitlines()]
CONSTANTS = {
    "further": response.WAY_BACK,
    "trusted": (trusted.FACTOR, trusted.OFF),
    "trusted, a quarter": (trusted.FACTOR + 2 * trusted.FACTOR_HALVED, trusted.OFF + 2 * trusted.OFF_HALVED),
}


def test_each_rehearsal_was_run_once():
    assert [row["number"] for row in ROWS] == list(range(len(REHEARSALS)))
    for row, (name, records, damage) in zip(ROWS, REHEARSALS, strict=True):
        assert row["rehearsal"].startswith(f"{name} {records} {damage}")


@pytest.mark.parametrize("name", CONSTANTS)
def test_the_constants_are_those_of_the_rehearsals(name):
    true, found = (np.array([row[each] for row in ROWS]).T for each in ("true", name))
    assert fitted(*true, *found) == pytest.approx(CONSTANTS[name], abs=0.006)


@pytest.mark.parametrize("off", [0.0, 0.3])
def test_a_factor_and_how_far_off_it_is_are_found_beyond_the_noise(off):
    rng, count = np.random.default_rng(0), 4000
    sought = rng.uniform(0.1, 1, count) * 1.2
    noise = np.full(count, 0.02)
    true = sought * (1 + off * rng.standard_normal(count)) + noise * rng.standard_normal(count)
    found = sought / 1.2 + noise * rng.standard_normal(count)
    assert fitted(true, noise, found, noise) == pytest.approx((1.2, off), abs=0.03)
