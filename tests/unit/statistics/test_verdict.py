from __future__ import annotations

import json

import pytest

from dqsuite.statistics.verdict import Status, Verdict, of_cases


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(Status.REFUTED, -0.5, -0.75, -0.25, 5, "points", "bird"),
        Verdict(Status.INCONCLUSIVE, 0.5, n=5),
        *map(Verdict, Status),
    ],
)
def test_a_verdict_survives_json(verdict):
    text = json.dumps(verdict.to_json(), allow_nan=False)
    again = Verdict.from_json(json.loads(text))
    assert again == verdict
    assert type(again.status) is Status


def test_an_unknown_status_is_not_read():
    with pytest.raises(ValueError, match="perhaps"):
        Verdict.from_json({"status": "perhaps"})


HOLDS, REFUTED, INCONCLUSIVE, REPORTED = Status.HOLDS, Status.REFUTED, Status.INCONCLUSIVE, Status.REPORTED
NOT_MEASURED, NOT_APPLICABLE = Status.NOT_MEASURED, Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("cases", "status"),
    [
        ([HOLDS, HOLDS], HOLDS),
        ([HOLDS, INCONCLUSIVE], INCONCLUSIVE),
        ([HOLDS, INCONCLUSIVE, REFUTED], REFUTED),
        ([HOLDS, NOT_MEASURED], INCONCLUSIVE),
        ([REFUTED, NOT_MEASURED], REFUTED),
        ([NOT_MEASURED, NOT_MEASURED], NOT_MEASURED),
        ([NOT_MEASURED, NOT_APPLICABLE], NOT_MEASURED),
        ([HOLDS, NOT_APPLICABLE], HOLDS),
        ([NOT_APPLICABLE, NOT_APPLICABLE], NOT_APPLICABLE),
        ([REPORTED, REPORTED, NOT_APPLICABLE], REPORTED),
        ([REPORTED, NOT_MEASURED], REPORTED),
        ([], NOT_APPLICABLE),
    ],
)
def test_a_finding_follows_from_its_cases(cases, status):
    assert of_cases([Verdict(case) for case in cases]).status is status


def test_a_finding_shows_the_numbers_of_the_case_that_decides_and_counts_the_cases():
    found = of_cases([Verdict(HOLDS, 1.0), Verdict(REFUTED, -2.0, -3.0, -1.0, 5, "points", "bird"), Verdict(HOLDS)])
    assert found == Verdict(REFUTED, -2.0, -3.0, -1.0, 5, "points", "2 of 3 holds, 1 of 3 refuted")
