from __future__ import annotations

import csv

import numpy as np
import pytest
from label_worlds import World, drawn

from dqsuite.advice import audit
from dqsuite.core.errors import DqError

WORLD = drawn(World(0.2, records=300, tests=20), 0)


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "audit.csv"
    audit.write_sheet(path, WORLD.dataset(), 50)
    return path


def fill(path, count, change=lambda rows: rows):
    with path.open() as file:
        rows = list(csv.DictReader(file))
    for row in rows[:count]:
        row["true"] = f"class {WORLD.true[int(row['record'])]}"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ("record", "given", "true"))
        writer.writeheader()
        writer.writerows(change(rows))


@pytest.mark.parametrize("count", [50, 12])
def test_the_first_rows_filled_in_are_an_audit(sheet, count):
    fill(sheet, count)
    found = audit.read_sheet(sheet, WORLD.dataset())
    assert found.records.tolist() == audit.drawn(WORLD.dataset(), 50).tolist()[:count]
    assert found.wrong == (WORLD.given != WORLD.true)[found.records].sum()
    assert found.rate().n == count


def test_a_sheet_with_semicolons_and_a_mark_of_order_is_read(sheet):
    fill(sheet, 50)
    sheet.write_text("\ufeff" + sheet.read_text().replace(",", ";"), encoding="utf-8")
    assert len(audit.read_sheet(sheet, WORLD.dataset()).records) == 50


def test_work_is_not_written_over(sheet):
    with pytest.raises(DqError, match="is there already"):
        audit.write_sheet(sheet, WORLD.dataset())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[1:], "line 2 .* is not record"),
        (lambda rows: rows[::-1], "line 2 .* is not record"),
        (lambda rows: [rows[0] | {"true": "zebra"}, *rows[1:]], "'zebra', which is no class"),
        (lambda rows: [rows[0] | {"true": " "}, *rows[1:]], "line 2 .* has no true label"),
        (lambda rows: [row | {"true": ""} for row in rows], "0 records of .* are checked"),
        (lambda rows: [rows[0] | {"given": "zebra"}, *rows[1:]], "line 2 .* is not record"),
    ],
)
def test_what_is_no_random_sample_of_these_data_is_refused(sheet, change, message):
    fill(sheet, 50, change)
    with pytest.raises(DqError, match=message):
        audit.read_sheet(sheet, WORLD.dataset())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no column record"),
        (b"record,given\n1,2\n", "has no column true"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b'record,given,true\n1,2,"3', "is no CSV"),
    ],
)
def test_what_is_no_sheet_is_told_in_a_line(tmp_path, content, message):
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(DqError, match=message):
        audit.read_sheet(tmp_path / "bad.csv", WORLD.dataset())
    with pytest.raises(DqError, match="cannot read"):
        audit.read_sheet(tmp_path / "none.csv", WORLD.dataset())


def test_small_data_are_audited_whole_and_then_known(tmp_path):
    small = drawn(World(0.3, records=8, tests=8, classes=2), 1)
    audit.write_sheet(tmp_path / "a.csv", small.dataset())
    assert len(audit.drawn(small.dataset())) == 8
    low, high = small.audit(8).rate()[1:3]
    assert low == high == small.rate


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.1, 0.2, 0.4])
@pytest.mark.parametrize("size", [20, 200])
def test_the_interval_covers_as_it_says(rate, size):
    wrong = np.random.default_rng(size).binomial(size, rate, 2000)
    intervals = [audit.exact_rate(int(each), size, 10**6) for each in wrong]
    covered = np.mean([low <= rate <= high for _, low, high, _ in intervals])
    assert covered >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 2000)


@pytest.mark.parametrize(("rate", "half"), [(0.0, 0.019), (0.02, 0.031), (0.05, 0.041), (0.4, 0.072)])
def test_two_hundred_records_tell_as_much_as_a_binomial_allows(rate, half):
    _, low, high, _ = audit.exact_rate(round(200 * rate), 200, 10**6)
    assert max(high - rate, rate - low) <= half


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.3])
def test_draws_of_the_rate_cover_too(rate):
    hits = 0
    for seed in range(300):
        world = np.random.default_rng(seed)
        true = np.zeros(1000, np.int64)
        given = (world.random(1000) < rate).astype(np.int64)
        found = audit.Audit(np.arange(100), given[:100], true[:100], 1000)
        low, high = np.quantile(found.draws(500), [0.025, 0.975])
        hits += low <= given.mean() <= high or (rate == 0 and low < 0.001)
    assert hits >= 300 * 0.92
