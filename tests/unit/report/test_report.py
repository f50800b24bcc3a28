from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from fabricated import dataset, fill, plan

from dqsuite import study
from dqsuite.errors import DqError
from dqsuite.report import write
from dqsuite.store import Store


class Tables(HTMLParser):
    """Collects the cells of every table, row by row."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.cell = [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.tables[-1][-1].append(self.cell.strip())
            self.cell = None


@pytest.fixture
def drawn(tmp_path):
    def draw(data, wanted, wrong=lambda cell: 0):
        store = Store(tmp_path / "store")
        fill(store, data, wanted, wrong)
        found = study.load(store, wanted, pytest.fail)
        return found, write([found], tmp_path / "new" / "report.html").read_text()

    return draw


def noise_hurts(cell):
    return 0 if cell.corruption == "clean" else 8 + cell.repeat


def numbers(rows):
    return [[float(text.replace("−", "-")) for text in row[1:]] for row in rows[1:]]


def test_the_matrices_are_those_of_the_study(drawn):
    data = dataset()
    found, text = drawn(data, plan(data), noise_hurts)
    tables = Tables(text).tables
    averaged = found.matrix("lenet", "wrong:0.5").mean("repeat")
    np.testing.assert_allclose(numbers(tables[2]), averaged.values)
    np.testing.assert_allclose(numbers(tables[3]), found.relative("lenet", "wrong:0.5").values)
    assert [row[0] for row in tables[2][1:]] == list(data.classes)
    assert tables[2][0][1:] == list(data.classes)


def test_the_summary_shows_accuracy_interval_and_the_most_hit_classes(drawn):
    data = dataset()
    found, text = drawn(data, plan(data), noise_hurts)
    clean, noisy = Tables(text).tables[0][1:]
    assert clean[:2] == ["clean", "100.0%"]
    assert noisy[:2] == ["wrong:0.5", "55.0%"]
    low, high = (100 * end for end in found.accuracy("lenet", "wrong:0.5")[1:3])
    assert noisy[2] == f"{low:.1f}% to {high:.1f}%"
    assert noisy[3] == "−45.0"
    assert noisy[-1].startswith("cat −45.0")


def test_names_are_escaped(drawn):
    data = dataset(("<script>alert(1)</script>", "a&b"))
    _, text = drawn(data, plan(data))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "a&amp;b" in text


def test_the_page_needs_no_network_and_no_script(drawn):
    data = dataset()
    _, text = drawn(data, plan(data))
    assert not re.search(r"<(script|link|img|iframe)\b|https?://|url\(", text)


def test_many_classes_give_a_list_of_confusions_in_place_of_a_matrix(drawn):
    data = dataset(tuple(f"class{k}" for k in range(100)), per_class=10)
    _, text = drawn(data, plan(data, repeats=2), lambda cell: 3 * (cell.corruption != "clean"))
    assert len(text) < 200_000
    assert ["class0, class1", "3.0"] in Tables(text).tables[2]


def test_one_repeat_and_no_baseline_are_a_sensible_page(drawn):
    data = dataset()
    wanted = plan(data, repeats=1)
    noisy = type(wanted)(wanted.dataset, wanted.fingerprint, wanted.cells[1:])
    _, text = drawn(data, noisy)
    row = Tables(text).tables[0][1]
    assert row[:4] == ["wrong:0.5", "100.0%", "one repeat", ""]


def test_a_report_that_cannot_be_written_is_one_line(drawn, tmp_path):
    data = dataset()
    found, _ = drawn(data, plan(data))
    (tmp_path / "file").write_text("")
    with pytest.raises(DqError, match="cannot write the report"):
        write([found], tmp_path / "file" / "report.html")
