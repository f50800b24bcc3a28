from __future__ import annotations

import pytest
from fabricated import dataset, plan

from dqsuite.experiment.order import longest_first, most_telling_first

SECONDS = {"a": 1.0, "b": 10.0, "c": 3.0, "d": 8.0}


@pytest.mark.parametrize(
    ("needs", "order"),
    [
        ([["b"], ["a"]], "ab"),
        ([["b"], ["c", "a"]], "cab"),
        ([["b", "c"], ["b", "a"], ["d", "c", "a"]], "bac" + "d"),
        ([["d"], ["b", "c"], ["c", "a"], ["b"]], "cadb"),
        ([[], ["a"], []], "a"),
        ([], ""),
    ],
    ids=["the cheaper", "by their sums", "what others have trained", "no longer than alone", "decided cases", "none"],
)
def test_the_case_that_lacks_the_least_training_comes_next(needs, order):
    assert "".join(most_telling_first(needs, SECONDS)) == order


def test_what_is_not_known_is_taken_for_the_longest():
    assert "".join(most_telling_first([["b", "a"], ["x", "c"], ["d"]], SECONDS)) == "dbaxc"
    assert most_telling_first([["y", "x"], ["z"]], {}) == ["z", "y", "x"]


def test_the_longest_of_each_repeat_come_first_and_what_is_not_known_before_all():
    cells = plan(dataset(), ["wrong:0.1", "wrong:0.2"], repeats=2).cells
    known = {cell: float(cell.corruption == "wrong:0.2") for cell in cells if cell.corruption != "clean"}
    ordered = [(cell.repeat, cell.corruption) for cell in longest_first(cells, known)]
    assert ordered == [(repeat, name) for repeat in (0, 1) for name in ("clean", "wrong:0.2", "wrong:0.1")]
