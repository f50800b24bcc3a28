from __future__ import annotations

import json

import pytest

from dqsuite.statistics.verdict import Status, Verdict


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
