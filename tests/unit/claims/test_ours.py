"""Cases that are our addition to what a source says: marked wherever a person reads, and not deciding."""

from __future__ import annotations

import pytest

from dqsuite.claims import CLAIMS
from dqsuite.claims.evaluate import Judged
from dqsuite.plugin import summary
from dqsuite.plugin.cases import judged_in, properties
from dqsuite.statistics.verdict import METHOD, Status, Verdict

HOLDS, REFUTED = Verdict(Status.HOLDS, 1.0, 0.5, 2.0, 5), Verdict(Status.REFUTED, -1.0, -2.0, -0.5, 5)
OURS, THEIRS = (Judged("he-gauss-small-helps", model, "full", REFUTED) for model in ("nin", "resnet20"))


def test_the_source_decides_where_it_has_a_case():
    claim = CLAIMS["he-gauss-small-helps"]
    assert claim.verdict({"nin": REFUTED, "resnet20": HOLDS}).status is Status.HOLDS
    assert claim.verdict({"nin": HOLDS, "resnet20": REFUTED}).status is Status.REFUTED
    assert claim.verdict({"nin": REFUTED}).status is Status.REFUTED
    assert not claim.is_ours("no such case")


@pytest.mark.parametrize(
    ("found", "status"), [((HOLDS, REFUTED), Status.INCONCLUSIVE), ((HOLDS, HOLDS), Status.HOLDS)], ids=["split", "one"]
)
def test_where_readings_disagree_the_finding_depends_on_them(found, status):
    verdict = CLAIMS["he-contrast-asymmetric"].verdict(dict(zip("ab", found, strict=True)))
    assert verdict.status is status
    assert verdict.note.startswith("depends on the formula: ") is (status is Status.INCONCLUSIVE)


def test_a_test_tells_whether_its_case_is_ours():
    assert dict(properties(OURS))["dqsuite.ours"] is True
    assert "dqsuite.ours" not in dict(properties(THEIRS))
    assert [judged_in(properties(each)) for each in (OURS, THEIRS)] == [[OURS], [THEIRS]]


def test_the_summaries_mark_them_and_say_what_the_interval_is():
    question = Judged("open-merge", "", "full", Verdict(Status.REPORTED, 1.5, 1.0, 2.0, 5, "points"))
    lines = list(summary.lines([OURS, THEIRS, question], []))
    assert "he-gauss-small-helps nin (ours): refuted -1 (-2 to -0.5), 5 repeats" in lines
    assert "he-gauss-small-helps resnet20: refuted -1 (-2 to -0.5), 5 repeats" in lines
    assert "open-merge: reported 1.5 points (1 to 2), 5 repeats" in lines
    assert lines[-1] == METHOD
    written = summary.markdown("full", [OURS, question], [])
    assert "1 refuted, 1 reported" in written
    assert "| `he-gauss-small-helps nin (ours)` | refuted | -1 | -2 to -0.5 | 5 | full |" in written
    assert "| `open-merge` | reported | 1.5 points | 1 to 2 | 5 | full |" in written
    assert written.endswith(f"{METHOD}\n")
