from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from label_worlds import World, drawn

from dqsuite.advice.audit import drawn as sampled
from dqsuite.advice.labels import wrong_labels
from dqsuite.advice.suspects import write_audit_page, write_page, write_table
from dqsuite.core.errors import DqError

DATA = drawn(World(0.2, records=100, tests=50, classes=3), 0)
HOSTILE = replace(DATA.dataset(), classes=("=HYPERLINK(1)", "<script>alert(1)</script>", "cat\u202e"))


@pytest.fixture(scope="module")
def found():
    return wrong_labels(DATA.found, DATA.given, DATA.y_test)


def test_the_table_has_every_record_most_suspect_first(tmp_path, found):
    write_table(tmp_path / "s.csv", found, HOSTILE)
    with (tmp_path / "s.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["record"]) for row in rows] == found.order.tolist()
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    assert {row["cleanlab_suspect"] for row in rows} <= {"0", "1"}


def test_the_page_shows_pictures_and_runs_nothing(tmp_path, found):
    write_page(tmp_path / "s.html", found, HOSTILE, shown=20)
    text = (tmp_path / "s.html").read_text()
    assert text.count("<img ") == 20
    assert "<script" not in text
    assert "\u202e" not in text
    assert "http" not in text


def test_the_page_of_an_audit_suggests_nothing(tmp_path):
    records = sampled(DATA.dataset(), 30)
    write_audit_page(tmp_path / "a.html", DATA.dataset(), records)
    text = (tmp_path / "a.html").read_text()
    assert "perhaps" not in text
    places = [text.index(f'alt="record {record}"') for record in records.tolist()]
    assert places == sorted(places)


def test_what_cannot_be_written_is_told_in_a_line(tmp_path, found):
    (tmp_path / "file").write_text("")
    for write in (write_table, write_page):
        with pytest.raises(DqError, match="cannot write"):
            write(tmp_path / "file" / "s", found, DATA.dataset())
    assert np.isfinite(found.chances).all()
