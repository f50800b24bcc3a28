from __future__ import annotations

import csv

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
    assert len(found.given) == count


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


def test_small_data_are_audited_whole(tmp_path):
    small = drawn(World(0.3, records=8, tests=8, classes=2), 1)
    audit.write_sheet(tmp_path / "a.csv", small.dataset())
    assert len(audit.drawn(small.dataset())) == 8
