from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term, parse_chain, parse_term


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("clean", "clean"),
        ("shuffle:0.10", "shuffle:0.1"),
        ("shuffle:.5", "shuffle:0.5"),
        ("first:1000", "first:1000"),
        ("first:1e3", "first:1000"),
        ("reduce:0.000", "reduce:0"),
        (" wrong : 0.3 ; tail = 1 ", "wrong:0.3;tail=1"),
        ("wrong:0.3;tail=1;classes=cat/dog", "wrong:0.3;classes=cat/dog;tail=1"),
    ],
)
def test_a_term_has_one_canonical_form(text, canonical):
    assert str(parse_term(text)) == canonical


@pytest.mark.parametrize("text", ["", ":0.3", "wrong:0.3;tail", "wrong:0.3;tail=", "wrong:0.3;=1", "a;b=1;b=2", "a+"])
def test_what_cannot_be_read_is_one_line(text):
    with pytest.raises(DqError) as caught:
        parse_chain(text)
    assert "\n" not in str(caught.value)
    assert caught.value.mend


def test_the_order_of_a_chain_stays():
    assert [term.name for term in parse_chain("first:1000+wrong:0.3+reduce:0.1")] == ["first", "wrong", "reduce"]


names = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
levels = st.decimals(min_value=0, max_value=10**6, places=4).map(str)


@given(st.lists(st.tuples(names, levels, st.dictionaries(names, levels, max_size=3)), min_size=1, max_size=3))
def test_the_canonical_text_reads_back_as_itself(parts):
    terms = [parse_term(str(Term(name, level, tuple(params.items())))) for name, level, params in parts]
    text = "+".join(map(str, terms))
    assert "+".join(map(str, parse_chain(text))) == text
