"""The page of all findings: of planted verdicts, and of the committed evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from dqsuite.claims import CLAIMS, refutations
from dqsuite.claims.evaluate import Judged
from dqsuite.claims.requirements import taken_cases
from dqsuite.claims.source import sources
from dqsuite.cli import main
from dqsuite.experiment.evidence import import_evidence
from dqsuite.experiment.store import Store
from dqsuite.report.findings_page import findings_page
from dqsuite.statistics.verdict import Status, Verdict

ROOT = Path(__file__).parents[3]
UNMEASURED = Verdict(Status.NOT_MEASURED, note="nothing is stored")
HOLDS = Verdict(Status.HOLDS, -1.94, -2.84, -1.03, 5, "points")
REFUTED = Verdict(Status.REFUTED, 2.5, 1.5, 3.5, 5, "points")


def judged(scale, known):
    """Return a verdict on every case: those that are known, by claim and case, and the others not measured."""
    pairs = [
        (claim.id, name, name in taken_cases(claim, scale))
        for claim in CLAIMS.values()
        for name, _ in claim.named_cases()
    ]
    absent = {True: UNMEASURED, False: Verdict(Status.NOT_APPLICABLE)}
    return [Judged(claim, name, scale, known.get((claim, name), absent[taken])) for claim, name, taken in pairs]


def page(full=None, quick=None, reviewed=()):
    return findings_page({"full": judged("full", full or {}), "quick": judged("quick", quick or {})}, reviewed)


def row(text, start):
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {start}")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


@pytest.mark.thorough
def test_the_committed_page_is_what_the_committed_evidence_says(tmp_path, capsys):
    for file in sorted(ROOT.glob("reports/evidence/*.zip")):
        import_evidence(Store(tmp_path), file)
    assert main(["claims", "--markdown", "--store", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")


def test_without_any_outcome_nothing_is_said_of_any_finding():
    text = page()
    for claim in CLAIMS.values():
        published = f"{claim.published['']:.4g}" if "" in claim.published else ""
        quick = "not measured" if taken_cases(claim, "quick") else "not applicable"
        assert row(text, f"`{claim.id}`") == [published, "not measured", quick]
    assert "## Refuted\n\nNone is.\n" in text


def test_ours_stands_beside_the_published_number_of_its_case():
    text = page({("lie2-baselines", "lenet"): Verdict(Status.HOLDS, 69.2, 67.6, 70.8, 5, "%")})
    assert row(text, "— lenet") == ["66.6", "holds: 69.2 % (67.6 to 70.8)", "not applicable"]
    assert row(text, "`lie2-baselines`") == [
        "",
        "inconclusive: holds in 1 of 5 cases, not measured in 4",
        "not applicable",
    ]


def test_cases_that_a_scale_leaves_out_are_not_counted_there():
    text = page(quick={("lie3-noise-hurts-more", "lenet-0.3"): HOLDS})
    assert row(text, "`lie3-noise-hurts-more`")[2] == "holds: -1.94 points (-2.84 to -1.03)"


def test_a_control_is_a_line_beside_its_finding_and_does_not_decide():
    known = {("lie3-noise-hurts-more", "lenet-0.3"): HOLDS, ("lie3-noise-hurts-more", "lenet-0.3-updates"): REFUTED}
    text = page(known)
    assert row(text, "— control lenet-0.3-updates")[1] == "refuted: 2.5 points (1.5 to 3.5)"
    assert row(text, "`lie3-noise-hurts-more`")[1].startswith(
        "inconclusive: holds in 1 of 30 cases, not measured in 29;"
    )
    assert "— control lenet-0.1-plain" not in text
    assert row(text, "Can you Lie to your Model? (3/3)")[0] == "1 holds, 52 not measured"


@pytest.mark.parametrize("reviewed", [True, False])
def test_a_refuted_case_has_its_paragraph(reviewed):
    entry = refutations.Refutation(
        "lie2-skip-helps", "", "full", "refuted", 2.5, (1.5, 3.5), "recipe", "of depth.", "0"
    )
    text = page({("lie2-skip-helps", ""): REFUTED}, reviewed=[entry] if reviewed else [])
    told = "a matter of what the source leaves open: of depth." if reviewed else "not reviewed yet."
    assert row(text, "a matter of what the source leaves open" if reviewed else "not reviewed yet") == ["1", ""]
    assert f"**`lie2-skip-helps`, full**, refuted: 2.5 points (1.5 to 3.5): {told}\n" in text


def test_a_finding_with_one_case_of_the_source_shows_its_numbers_beside_the_tally_of_ours():
    text = page({("he-brightness-helps", "resnet20"): REFUTED, ("he-brightness-helps", "nin"): HOLDS})
    assert row(text, "`he-brightness-helps`")[1] == "refuted: 2.5 points (1.5 to 3.5); ours: holds in 1"


def test_contradictory_findings_stand_beside_each_other_at_each_scale():
    text = page({("lie1-bird-most-hit", "0.1"): REFUTED, ("lie2-cat-most-sensitive", ""): HOLDS})
    (both,) = [line for line in text.splitlines() if "against `lie1-bird-most-hit` (bird loses" in line]
    assert both.startswith("`lie2-cat-most-sensitive` (")
    assert both.endswith(" Only one class can lose the most.")
    assert "`lie1-bird-most-hit` refuted in 1 of 6 cases, not measured in 5" in text


def test_published_numbers_are_of_cases_that_are_the_sources_own():
    for claim in CLAIMS.values():
        assert set(claim.published) <= {name for name, case in claim.named_cases() if "control" not in case}
    assert {source.key for source in sources() for claim in source.claims if claim.published} >= {
        "lie2",
        "poisoning",
        "he",
    }
