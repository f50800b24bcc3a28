from __future__ import annotations

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
