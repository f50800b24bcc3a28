from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dqsuite.charts.text import fitted, width, wrapped


@given(st.text(max_size=60), st.floats(30, 200))
def test_a_fitted_text_is_the_text_or_its_beginning(text, room):
    shown = fitted(text, room)
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))
    assert width(shown) <= room or len(shown) <= 2


@given(st.lists(st.text("abcdefgh.,", min_size=1, max_size=8), max_size=20))
def test_a_wrapped_text_has_all_its_words_in_lines_that_fit(words):
    lines = wrapped(" ".join(words), 120)
    assert " ".join(lines).split() == words
    assert all(width(line) <= 120 for line in lines)


def test_a_text_twice_as_large_is_twice_as_wide():
    assert width("airplane", 22) == 2 * width("airplane", 11) > 0
    assert width("") == 0
