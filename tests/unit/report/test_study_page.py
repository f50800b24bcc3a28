from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from fabricated import dataset, fill, plan
from page_reader import Tables, numbers

from dqsuite.core.errors import DqError
from dqsuite.experiment.store import Store
from dqsuite.report import write
from dqsuite.results.loading import load_study


@pytest.fixture
def drawn(tmp_path):
    def draw(data, wanted, wrong=lambda cell: 0):
        store = Store(tmp_path / "store")
        fill(store, data, wanted, wrong)
        found = load_study(store, wanted, pytest.fail)
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
    clean, noisy = Tables(text).of("lenet: test accuracy by condition, 95% intervals below")[1:]
    assert clean[0] == "clean"
    assert clean[1].startswith("100.0% ")
    low, high = (100 * end for end in found.accuracy("lenet", "wrong:0.5")[1:3])
    assert noisy[:2] == ["wrong:0.5", f"55.0% {low:.1f}% to {high:.1f}%"]
    assert re.fullmatch(r"−45\.0 −[\d.]+ to −[\d.]+", noisy[2])
    assert all(" to " in text for text in noisy[3:5])
    assert re.match(r"cat −45\.0 \(−[\d.]+ to −[\d.]+\), deer −45\.0", noisy[-1])


def hurts_by_dose(cell):
    level = float(cell.corruption.partition(":")[2] or 0)
    return 0 if cell.corruption == "clean" else round(24 * level) + cell.repeat % 2


def test_the_first_thing_to_read_is_which_classes_break_first_and_what_to_know(drawn):
    data = dataset()
    _, text = drawn(data, plan(data, ["wrong:0.1", "wrong:0.3", "wrong:0.5"]), hurts_by_dose)
    shown = Tables(text).tables[0]
    assert shown[0] == ["", "class", "condition", "change", "interval"]
    assert {row[0] for row in shown[1:]} == {"✓"}
    assert all(re.fullmatch(r"−[\d.]+ −[\d.]+ to −[\d.]+", " ".join(row[3:])) for row in shown[1:])
    before = text[: text.index('<section id="study-1">')]
    assert "breaks first: its recall falls by" in before
    assert "To know the accuracy vs clean to ± 3 points takes" in before


def test_the_levels_of_a_damage_are_curves_with_bands_of_accuracy_and_every_recall(drawn):
    data = dataset()
    _, text = drawn(data, plan(data, ["wrong:0.1", "wrong:0.5", "drop_class:cat"]), hurts_by_dose_or_class)
    rows = Tables(text).of("lenet: accuracy and recall by level of wrong:…")[1:]
    assert {row[0] for row in rows} == {"accuracy", *data.classes}
    assert [row[2] for row in rows if row[0] == "accuracy"] == ["0", "0.1", "0.5"]
    for row in rows:
        low, high, least, most = map(float, row[4:8])
        assert 0 <= least <= low < high <= most <= 100
    others = Tables(text).of("lenet: accuracy by condition")
    assert [row[0] for row in others[1:]] == ["clean", "drop_class:cat"]


def hurts_by_dose_or_class(cell):
    return 5 if cell.corruption.startswith("drop") else hurts_by_dose(cell)


def test_where_classes_are_uneven_they_count_the_same_beside_the_accuracy(drawn):
    even = dataset()
    uneven = dataclasses.replace(even, y_test=np.repeat([0, 1, 2], [40, 10, 10]), fingerprint="")
    _, plain = drawn(even, plan(even))
    _, shown = drawn(uneven, plan(uneven))
    assert "macro-F1" not in plain
    heads = Tables(shown).of("lenet: test accuracy by condition")[0]
    assert "balanced accuracy" in heads
    assert "macro-F1" in heads


def test_the_labels_of_a_stranger_s_test_set_are_not_called_clean(drawn):
    data = dataset()
    _, text = drawn(data, plan(data))
    assert "Test labels are taken as given" in text
    assert "clean test set" not in text
    assert "labels made wrong" in text


def test_of_a_class_without_test_images_nothing_is_said_to_be_zero(drawn):
    even = dataset()
    data = dataclasses.replace(even, y_test=np.repeat([0, 1], 30), fingerprint="")
    _, text = drawn(data, plan(data), noise_hurts)
    minus = Tables(text).of("wrong:0.5: minus the clean baseline – truth in rows")
    assert minus[3][1:] == ["–"] * 3
    assert "classes have few or no test images (frog 0)" in text


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
    row = Tables(text).of("lenet: test accuracy by condition, 95% intervals below")[1]
    assert row[:3] == ["wrong:0.5", "100.0% one repeat", ""]


def test_a_report_that_cannot_be_written_is_one_line(drawn, tmp_path):
    data = dataset()
    found, _ = drawn(data, plan(data))
    (tmp_path / "file").write_text("")
    with pytest.raises(DqError, match="cannot write the report"):
        write([found], tmp_path / "file" / "report.html")
