"""The grammar of ``--fail-if``."""

from __future__ import annotations

import pytest

from dqsuite.cli.demands import INCONCLUSIVE, FailIf, code, parse
from dqsuite.core.errors import DqError
from dqsuite.statistics.demands import Demand
from dqsuite.statistics.verdict import Status, Verdict


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("wrong:0.10 cost > 3%", FailIf("wrong:0.1", "cost", "", True, 0.03)),
        ("clean accuracy<.9", FailIf("clean", "accuracy", "", False, 0.9)),
        (
            "first:100+wrong:0.2 recall(big (red) dog) < 80%",
            FailIf("first:100+wrong:0.2", "recall", "big (red) dog", False, 0.8),
        ),
        ("wrong:0.2;classes=a/b c cost > -1%", FailIf("wrong:0.2;classes=a/b c", "cost", "", True, -0.01)),
    ],
)
def test_it_is_read(text, read):
    assert parse(text) == read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cost > 3%", "cannot read --fail-if 'cost > 3%'; write CONDITION accuracy"),
        ("wrong:0.1 cots > 3%", "cannot read"),
        ("wrong:0.1 cost > 3", "is beyond 100%; bounds are fractions"),
        ("wrnog:0.1 cost > 3%", "unknown corruption 'wrnog'"),
    ],
)
def test_a_mistake_is_one_line(text, told):
    with pytest.raises(DqError) as error:
        parse(text)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("statuses", "exit_code"),
    [
        ([], 0),
        ([Status.HOLDS], 0),
        ([Status.HOLDS, Status.INCONCLUSIVE], INCONCLUSIVE),
        ([Status.INCONCLUSIVE, Status.REFUTED], 1),
    ],
)
def test_the_exit_code(statuses, exit_code):
    assert code([Demand("", Verdict(each)) for each in statuses]) == exit_code
