from __future__ import annotations

import json

import pytest

from dqsuite.claims import verdict_files
from dqsuite.claims.evaluate import Judged
from dqsuite.core.errors import DqError
from dqsuite.statistics.verdict import Status, Verdict


def judged(status, low=-2.0, high=-1.0, case="a", scale="full"):
    if status in (Status.NOT_MEASURED, Status.NOT_APPLICABLE):
        return Judged("lie1-cat-deer", case, scale, Verdict(status))
    return Judged("lie1-cat-deer", case, scale, Verdict(status, (low + high) / 2, low, high, 5, "points", below=0.0))


HOLDS, REFUTED, OPEN = judged(Status.HOLDS), judged(Status.REFUTED, 1.0, 2.0), judged(Status.INCONCLUSIVE, -1.0, 1.0)
ABSENT = judged(Status.NOT_MEASURED)


def test_verdicts_survive_a_file(tmp_path):
    file = tmp_path / "new" / "verdicts.json"
    verdict_files.write(file, "full", [judged(Status.HOLDS, case="b"), ABSENT])
    found = verdict_files.read(file)
    assert found.scale == "full"
    assert found.judged == (ABSENT, judged(Status.HOLDS, case="b"))


def test_the_file_marks_the_cases_of_ours_and_files_of_before_do_not():
    cases = [Judged("he-gauss-small-helps", name, "full", Verdict(Status.HOLDS)) for name in ("nin", "resnet20")]
    plain = verdict_files.to_json("full", cases)
    assert [each["ours"] for each in plain["verdicts"]] == [True, False]
    for each in plain["verdicts"]:
        del each["ours"]
    assert verdict_files.from_bytes(json.dumps(plain).encode()).judged == tuple(cases)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "1", '{"scale": "full", "verdicts": [{}]}', '{"scale": "full", "verdicts": [1]}', "[" * 100_000]
    + [
        json.dumps({"scale": "full", "verdicts": [ABSENT.to_json() | changed]})
        for changed in ({"status": "perhaps"}, {"x": 1})
    ],
)
def test_what_holds_no_verdicts_is_one_line(tmp_path, text):
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(DqError, match="holds no verdicts"):
        verdict_files.read(file)


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(DqError, match="cannot read"):
        verdict_files.read(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("before", "after", "flipped", "broken"),
    [
        (HOLDS, REFUTED, True, True),
        (HOLDS, OPEN, True, False),
        (REFUTED, HOLDS, True, False),
        (HOLDS, judged(Status.HOLDS, -9.0, -8.0), False, False),
        (judged(Status.INCONCLUSIVE), judged(Status.REPORTED, -9.0, -8.0), False, False),
        (HOLDS, judged(Status.REPORTED), True, False),
    ],
)
def test_a_flip_or_an_interval_that_moved_is_a_change(before, after, flipped, broken):
    (change,) = verdict_files.changes([before], [after])
    assert (change.flipped, change.broken) == (flipped, broken)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HOLDS, judged(Status.HOLDS, -2.5, -1.5)),
        (HOLDS, ABSENT),
        (ABSENT, REFUTED),
        (HOLDS, judged(Status.REFUTED, 1.0, 2.0, scale="quick")),
        (HOLDS, judged(Status.REFUTED, 1.0, 2.0, case="b")),
        (judged(Status.INCONCLUSIVE), judged(Status.REPORTED)),
        (judged(Status.REPORTED), judged(Status.REPORTED, -2.5, -1.5)),
    ],
)
def test_what_overlaps_or_was_not_measured_twice_is_no_change(before, after):
    assert verdict_files.changes([before], [after]) == []


def test_broken_findings_come_first_and_flips_before_shifts():
    before = [judged(Status.HOLDS, case=case) for case in "abc"]
    shift, open_, broken = (
        judged(Status.HOLDS, -9.0, -8.0, case="a"),
        judged(Status.INCONCLUSIVE, -1.0, 1.0, case="b"),
        judged(Status.REFUTED, 1.0, 2.0, case="c"),
    )
    assert [change.after for change in verdict_files.changes(before, [shift, open_, broken])] == [broken, open_, shift]
