from __future__ import annotations

import re

import numpy as np
import pytest
from fabricated import dataset, fill, plan
from page_reader import Tables, numbers

from dqsuite.core.errors import DqError
from dqsuite.experiment.store import Store
from dqsuite.report import write
from dqsuite.results import study


@pytest.fixture
def drawn(tmp_path):
    def draw(data, wanted, wrong=lambda cell: 0):
        store = Store(tmp_path / "store")
        fill(store, data, wanted, wrong)
        found = study.load_study(store, wanted, pytest.fail)
        return found, write([found], tmp_path / "new" / "report.html").read_text()

    return draw


def noise_hurts(cell):
    return 0 if cell.corruption == "clean" else 8 + cell.repeat


def test_the_matrices_are_those_of_the_study(drawn):
    data = dataset()
    found, text = drawn(data, plan(data), noise_hurts)
    tables = Tables(text)
    averaged = found.matrix("lenet", "wrong:0.5").mean("repeat").values
    relative = found.relative("lenet", "wrong:0.5")["mean"].values
    assert np.any(averaged != averaged.T)
    for title, values in (("confusion matrix", averaged), ("minus the clean baseline", relative)):
        by_truth = tables.of(f"wrong:0.5: {title} – truth in rows")
        by_source = tables.of(f"wrong:0.5: {title} – sources’ orientation")
        np.testing.assert_allclose(numbers(by_truth), values, atol=1e-9)
        np.testing.assert_allclose(numbers(by_source), values.T, atol=1e-9)
        assert by_truth[0][0] == "true class ↓ predicted class →"
        assert by_source[0][0] == "predicted class ↓ true class →"
        assert [row[0] for row in by_truth[1:]] == by_truth[0][1:] == list(data.classes)


def test_the_summary_shows_accuracy_interval_and_the_most_hit_classes(drawn):
    data = dataset()
    found, text = drawn(data, plan(data), noise_hurts)
    clean, noisy = Tables(text).tables[0][1:]
    assert clean[:2] == ["clean", "100.0%"]
    assert noisy[:2] == ["wrong:0.5", "55.0%"]
    low, high = (100 * end for end in found.accuracy("lenet", "wrong:0.5")[1:3])
    assert noisy[2] == f"{low:.1f}% to {high:.1f}%"
    assert noisy[3] == "−45.0"
    assert re.match(r"cat −45\.0 \(−[\d.]+ to −[\d.]+\), deer −45\.0", noisy[-1])


def test_names_are_escaped(drawn):
    data = dataset(("<script>alert(1)</script>", "a&b"))
    _, text = drawn(data, plan(data))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "a&amp;b" in text


def test_the_page_needs_no_network_and_no_script(drawn):
    data = dataset()
    _, text = drawn(data, plan(data))
    assert not re.search(r"<(script|iframe)\b|https?://|url\(|@import| on[a-z]+=", text)
    assert re.findall(r'<link[^>]*href="([^"]*)"', text) == ["data:,"]


def test_many_classes_give_a_list_of_confusions_in_place_of_a_matrix(drawn):
    data = dataset(tuple(f"class{k}" for k in range(100)), per_class=10)
    _, text = drawn(data, plan(data, repeats=2), lambda cell: 3 * (cell.corruption != "clean"))
    assert len(text) < 200_000
    assert ["class0, class1", "3.0"] in Tables(text).of("wrong:0.5")


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
