from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from dqsuite.core.errors import DqError
from dqsuite.core.registry import Registry

FRUIT = Registry("fruit", {"apple": 1, "pear": 2, "plum": 3})


def test_an_entry_is_found_by_its_name():
    assert FRUIT["pear"] == 2
    assert "pear" in FRUIT
    assert list(FRUIT) == ["apple", "pear", "plum"]


def test_an_unknown_name_offers_the_nearest_ones():
    with pytest.raises(DqError, match="unknown fruit 'aple'; did you mean 'apple'") as caught:
        FRUIT["aple"]
    assert "\n" not in str(caught.value)


def test_a_name_like_no_other_lists_all():
    with pytest.raises(DqError, match="unknown fruit 'zzz'; known are apple, pear, plum"):
        FRUIT["zzz"]


def test_asking_whether_a_name_is_known_does_not_raise():
    assert "zzz" not in FRUIT


def test_an_entry_stands_in_for_a_while_and_leaves_no_trace():
    with suppress(ZeroDivisionError), FRUIT.temporary("pear", 7), FRUIT.temporary("fig", 4):
        assert (FRUIT["pear"], FRUIT["fig"]) == (7, 4)
        assert list(FRUIT) == ["apple", "pear", "plum", "fig"]
        raise ZeroDivisionError
    assert FRUIT["pear"] == 2
    assert list(FRUIT) == ["apple", "pear", "plum"]


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry[int]:
    """Return a registry of ours and of a package with a hand-made dist-info: a good entry and three broken ones."""
    info = tmp_path / "orchard-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: orchard\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[test.fruit]\nfig = orchard:FIG\nstone = orchard:STONE\nrotten = orchard_rotten:X\napple = orchard:FIG\n"
    )
    (tmp_path / "orchard.py").write_text("FIG = 4\nSTONE = 'no number'\n")
    (tmp_path / "orchard_rotten.py").write_text("raise RuntimeError('worms\\nand more')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return Registry("fruit", {"apple": 1, "pear": 2}, "test.fruit", int)


def test_an_entry_of_another_package_stands_after_ours(others: Registry[int]):
    assert others["fig"] == 4
    assert list(others) == ["apple", "pear", "fig", "stone", "rotten"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("rotten", "the fruit 'rotten' of orchard cannot be imported .RuntimeError: worms.;"),
        ("stone", "the fruit 'stone' of orchard is no int"),
        ("apple", "the fruit 'apple' is in orchard and in dqsuite"),
    ],
)
def test_a_broken_entry_is_one_line_that_names_its_package(others: Registry[int], name: str, problem: str):
    with pytest.raises(DqError, match=problem) as caught:
        others[name]
    assert "\n" not in str(caught.value)


def test_broken_entries_leave_the_others_usable(others: Registry[int]):
    found, problems = others.usable()
    assert found == {"pear": 2, "fig": 4}
    assert len(problems) == 3
