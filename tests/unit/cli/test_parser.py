from __future__ import annotations

import pytest

from dqsuite.cli.parser import DEFAULT_CONDITIONS, conditions, parse
from dqsuite.core.errors import DqError


@pytest.mark.parametrize(
    ("texts", "expanded"),
    [
        (["shuffle:0.1,0.3"], ["shuffle:0.1", "shuffle:0.3"]),
        (["shuffle:0.1, 0.3;tail=1"], ["shuffle:0.1;tail=1", "shuffle:0.3;tail=1"]),
        (["first:1000+wrong:0.1,0.2"], ["first:1000+wrong:0.1", "first:1000+wrong:0.2"]),
        (["first:10,20+wrong:0,1"], ["first:10+wrong:0", "first:10+wrong:1", "first:20+wrong:0", "first:20+wrong:1"]),
        (["drop_class:cat/dog", "reduce:0.5"], ["drop_class:cat/dog", "reduce:0.5"]),
    ],
)
def test_levels_separated_by_commas_are_conditions_of_their_own(texts, expanded):
    assert conditions(texts) == expanded


def test_without_conditions_there_are_noise_and_less_data():
    assert conditions(None) == conditions(list(DEFAULT_CONDITIONS))
    assert {text.split(":")[0] for text in conditions(None)} == {"shuffle", "reduce"}


@pytest.mark.parametrize("arguments", [["run", "--repeats", "x"], ["frobnicate"], [], ["list"], ["list", "colours"]])
def test_a_command_line_that_cannot_be_read_is_one_error(arguments):
    with pytest.raises(DqError) as caught:
        parse(arguments)
    assert "--help" in caught.value.mend


@pytest.mark.parametrize(
    ("arguments", "mend"),
    [
        (["bench"], "tests/bench/table.py"),
        (["bench", "kernels", "--turns", "2"], "tests/bench/table.py"),
        (["claims", "--device", "cpu"], "--precision any, fp32 or bf16"),
        (["claims", "--device"], "--precision any, fp32 or bf16"),
    ],
)
def test_an_old_word_is_answered_with_the_new_one(arguments, mend):
    with pytest.raises(DqError) as caught:
        parse(arguments)
    assert mend in caught.value.mend
    assert "\n" not in str(caught.value)


def test_the_store_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("DQSUITE_STORE", "/elsewhere")
    assert parse(["run"]).store == "/elsewhere"
    assert parse(["run", "--store", "here"]).store == "here"


@pytest.mark.parametrize(("given", "expected"), [([], None), (["--updates"], 0), (["--updates", "300"], 300)])
def test_equal_updates_are_those_of_the_baseline_or_a_number(given, expected):
    assert parse(["run", *given]).updates == expected
