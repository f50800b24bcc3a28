from __future__ import annotations

import pytest

from dqsuite.core import escapes
from dqsuite.core.errors import DqError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jx", r"\x1b[2Jx"),
        ("a\nb\tc", "a b c"),
        ("txt.\u202egnp", r"txt.\u202egnp"),
        ("\u200fright", r"\u200fright"),
        ("\udcff", r"\udcff"),
        ("größe 猫", "größe 猫"),
        ("[bold]", "[bold]"),
    ],
)
def test_a_line_shows_what_would_not_be_seen(text, shown):
    assert escapes.line(text) == shown
    assert str(DqError(text)) == shown


def test_a_long_line_keeps_both_its_ends():
    shown = escapes.line("a" * 5000 + "end")
    assert shown.startswith("aaa")
    assert shown.endswith("end")
    assert len(shown) < 1010


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "@SUM(1)", " =1+1", "+x", "-x", "\uff1d1+1", "\r=1"])
def test_no_spreadsheet_runs_a_cell(cell):
    assert escapes.csv_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1.5", "+2", "wrong:0.1", "", "a=b"])
def test_numbers_and_plain_texts_stay(cell):
    assert escapes.csv_cell(cell) == cell


def test_markdown_is_shown_and_not_obeyed():
    assert escapes.markdown("[a](b) | *c* <d>") == r"\[a\]\(b\) \| \*c\* \<d\>"
    assert escapes.code("a`b|c\nd") == "`` a`b\\|c d ``"


def test_xml_holds_no_character_that_it_cannot():
    assert escapes.xml("a\x00\x1b\ud800b") == "a\ufffd\ufffd\ufffdb"


def test_a_file_name_is_one_on_any_system():
    assert escapes.file_name("npz:../a b@1/\u202e.png") == "npz_.._a_b_1_.png"
    assert len(escapes.file_name("x" * 4000)) == 100
