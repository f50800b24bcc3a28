"""``csv:FILE`` and ``parquet:FILE``: what is refused, and how."""

from __future__ import annotations

import sys

import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from dqsuite import cli
from dqsuite.core.errors import DqError
from dqsuite.datasets import identify, load


@pytest.fixture
def rows(tmp_path):
    """Write eight pictures of two classes, and return the lines of a table of them."""
    lines = []
    for label in ("cat", "dog"):
        for number in range(4):
            Image.new("L", (9, 9), 50 * number).save(tmp_path / f"{label}{number}.png")
            lines.append(f"{label}{number}.png,{label}")
    return lines


def write(tmp_path, lines):
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"csv:{tmp_path / 't.csv'}"


def test_columns_can_be_named_and_a_changed_picture_is_seen(rows, tmp_path):
    text = write(tmp_path, ["number,kind,where", *(f"0,{row.split(',')[1]},{row.split(',')[0]}" for row in rows)])
    text += ";path=where;label=kind"
    before = identify(text)
    assert before.name == f"csv:t@{before.fingerprint[:12]}"
    Image.new("L", (9, 9), 99).save(tmp_path / "cat1.png")
    assert identify(text).fingerprint != before.fingerprint


def test_quoted_paths_and_tabs_are_read(rows, tmp_path):
    (tmp_path / "a, b.png").write_bytes((tmp_path / "cat0.png").read_bytes())
    commas = load(write(tmp_path, ["path,label", *rows, '"a, b.png",cat']))
    tabs = load(write(tmp_path, ["path\tlabel", *(row.replace(",", "\t") for row in rows), "a, b.png\tcat"]))
    assert commas.fingerprint == tabs.fingerprint


def test_a_split_column_says_what_tests(rows, tmp_path):
    parts = ["train", "train", "valid", "test"] * 2
    dataset = load(write(tmp_path, ["path,label,split", *(f"{r},{p}" for r, p in zip(rows, parts, strict=True))]))
    assert (len(dataset.x_train), len(dataset.x_test)) == (4, 2)
    assert dataset.notes[0].endswith("trained on train, tested on test; left aside: valid")


REFUSED = {
    "no file": (None, "there is no file .*t.csv", "check the path"),
    "an empty file": ([], "has no column called image, and has", "name it"),
    "no label column": (["path,kind", "a,b"], "no column called label, and has path, kind", ";label=COLUMN"),
    "no path column": (["where,label", "a,b"], "no column called image, and has where, label", ";image=COLUMN"),
    "a short row": (["path,label", "a"], "row 1 of .* has 1 cells, the first line 2", "first line"),
    "an open quote": (["path,label", '"a,b'], "is not a csv file", "first line"),
    "no path": (["path,label", ",b"], "row 1 of .* has no image", "path"),
    "no label": (["path,label", "a, "], "row 1 of .* has no label", "class"),
    "an unknown split": (["path,label,split", "a,b,dev"], "has the split 'dev'", "train and validation"),
    "missing pictures": (
        ["path,label", "a.png,a", "b.png,b"],
        r"cannot read 2 of 2 images: .*a.png \(No such file or directory\), .*b.png",
        "skip=unreadable",
    ),
}


@pytest.mark.parametrize(("lines", "cause", "mend"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_of_pictures_is_refused_with_a_way_out(tmp_path, lines, cause, mend):
    text = f"csv:{tmp_path / 't.csv'}" if lines is None else write(tmp_path, lines)
    with pytest.raises(DqError, match=cause) as error:
        load(text)
    assert mend in error.value.mend
    assert "\n" not in str(error.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"path,label\n\xff\xfe\xff,a\n")
    with pytest.raises(DqError, match="is not a csv file in UTF-8"):
        load(f"csv:{tmp_path / 't.csv'}")


def test_a_column_that_is_not_there_is_refused(rows, tmp_path):
    with pytest.raises(DqError, match="has no column 'kind'; it has path, label"):
        load(write(tmp_path, ["path,label", *rows]) + ";label=kind")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"a" * 1000])
def test_a_broken_parquet_file_is_refused(tmp_path, content):
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(DqError, match="is not a parquet file"):
        load(f"parquet:{tmp_path / 't.parquet'}")


def test_a_picture_in_a_parquet_file_that_cannot_be_read_is_named_by_its_row(rows, tmp_path):
    images = [(tmp_path / row.split(",")[0]).read_bytes() for row in rows]
    labels = [row.split(",")[1] for row in rows]
    parquet.write_table(pa.table({"image": [*images, b"a"], "label": [*labels, "cat"]}), tmp_path / "t.parquet")
    with pytest.raises(
        DqError, match=r"cannot read 1 of 9 images: row 9 of .*t.parquet \(no image of a known format\)"
    ):
        load(f"parquet:{tmp_path / 't.parquet'}")
    assert len(load(f"parquet:{tmp_path / 't.parquet'};skip=unreadable").x_train) == 6


def test_without_pyarrow_one_line_names_the_extra(tmp_path, monkeypatch):
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DqError, match=r"needs the package pyarrow; pip install 'dqsuite\[parquet\]'"):
        load(f"parquet:{tmp_path / 't.parquet'}")


def test_the_command_line_says_what_was_left_out(rows, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DQSUITE_KERNELS", "off")  # a cache of its own would compile them, to time a few steps
    write(tmp_path, ["path,label", *rows, "gone.png,cat"])
    for _ in range(2):  # the second time from the cache
        assert cli.main(["plan", "--dataset", "csv:t.csv;skip=unreadable"]) == 0
        assert "dqsuite: left out 1 of 9 images, which cannot be read: gone.png" in capsys.readouterr().err
