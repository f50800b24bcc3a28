from __future__ import annotations

import html as entities
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from page_reader import Tables, numbers

from dqsuite.claims import CLAIMS
from dqsuite.claims.claim import grid
from dqsuite.claims.evaluate import Judged
from dqsuite.claims.verdict_files import Verdicts
from dqsuite.report import draw, findings
from dqsuite.report.contradictions import contradictions
from dqsuite.report.findings import Finding
from dqsuite.report.page import Before
from dqsuite.report.render import html
from dqsuite.statistics.verdict import Status, Verdict


@pytest.fixture(scope="session")
def text(page):
    return html(page)


def made(identity, *verdicts):
    cases = [Judged(identity, str(case), "full", verdict) for case, verdict in enumerate(verdicts)]
    return Finding(CLAIMS[identity], cases)


HOLDS = Verdict(Status.HOLDS, -1.5, -2.0, -1.0, 5, "points", below=0.0)
REFUTED = Verdict(Status.REFUTED, 1.5, 1.0, 2.0, 5, "points", below=0.0)
REPORTED = Verdict(Status.REPORTED, 1.0, 0.5, 1.5, 5, "points")
OPEN = Verdict(Status.INCONCLUSIVE, 0.0, -1.0, 1.0, 5, "points", below=0.0)


def test_every_claim_is_on_the_page_once(page, text):
    assert [finding.claim.id for finding in page.findings] == list(CLAIMS)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(set(ids)) == len(ids)
    assert set(CLAIMS) <= set(ids)


def test_findings_are_sorted_by_severity():
    found = [made("lie1-cat-deer", HOLDS), made("lie1-order-shifts", OPEN), made("lie3-model-matters", REFUTED)]
    assert [each.verdict.status for each in findings.by_severity(found)] == ["refuted", "inconclusive", "holds"]


def test_the_counts_are_those_of_the_verdicts(page):
    statuses = [finding.verdict.status for finding in page.findings]
    assert {name: count for count, name, _ in page.counts} == {each.value: statuses.count(each) for each in Status}


def test_a_finding_shows_the_case_that_decides():
    finding = made("lie3-noise-hurts-more", HOLDS, REFUTED, HOLDS)
    assert finding.deciding.case == "1"
    assert finding.verdict.effect == 1.5
    assert finding.tally == "refuted in 1 of 3 cases, holds in 2"
    assert made("lie3-noise-hurts-more", HOLDS, HOLDS).tally == "all 2 cases"
    assert made("lie1-cat-deer", HOLDS).tally == ""


def named(identity, **verdicts):
    return Finding(CLAIMS[identity], [Judged(identity, name, "full", verdict) for name, verdict in verdicts.items()])


def test_a_case_of_ours_is_counted_apart_and_does_not_decide():
    finding = named("he-gauss-small-helps", nin=REFUTED, resnet20=HOLDS)
    assert (finding.verdict.status, finding.verdict.effect) == (Status.HOLDS, HOLDS.effect)
    assert finding.deciding.case == "resnet20"
    assert finding.tally == "ours: refuted in 1"
    assert [case.ours for case in finding.cases] == [True, False]
    claim = replace(CLAIMS["lie1-cat-deer"], cases=grid(model="abc"), ours={"model": ("c",)})
    several = Finding(
        claim, [Judged(claim.id, *each) for each in (("a", "", HOLDS), ("b", "", OPEN), ("c", "", REFUTED))]
    )
    assert several.tally == "inconclusive in 1 of 2 cases, holds in 1; ours: refuted in 1"


def test_a_finding_that_depends_on_what_the_source_leaves_open_says_so():
    finding = made("he-contrast-asymmetric", HOLDS, REFUTED)
    assert finding.verdict.status is Status.INCONCLUSIVE
    assert finding.tally == "depends on the formula; refuted in 1 of 2 cases, holds in 1"


def test_the_page_marks_cases_of_ours_and_what_is_only_reported(page):
    found = [named("he-gauss-small-helps", nin=REFUTED, resnet20=HOLDS), made("open-merge", REPORTED)]
    text = html(replace(page, findings=found, contradictions=()))
    assert '>nin <span class="ours">ours</span></th><td><span class="verdict refuted">' in text
    assert '<span class="ours">ours</span>: added by us' in text
    assert '<li class="reported"><b>1</b> reported<small>1 case</small></li>' in text
    listed = text.partition("1 reported: a question without an expected answer")[2]
    assert '<span class="verdict reported">reported</span>' in listed
    assert "Reports: the accuracy that counting cat and dog as one class gains" in listed


def test_questions_are_apart_from_findings(page):
    found = {finding.claim.id for finding in page.reported}
    assert {"open-merge", "he-label-diff-map"} <= found
    assert not found & {finding.claim.id for finding in page.ranked}


def test_the_row_of_a_finding_shows_effect_interval_and_repeats(page, text):
    (finding,) = [each for each in page.ranked if each.claim.id == "lie1-bird-10k"]
    (row,) = re.findall(r'<tr class="row" role="row" id="lie1-bird-10k">(.*?)</tr>', text, re.S)
    assert entities.escape(finding.claim.finding[1:], quote=False) in row
    assert draw.effect(finding.verdict) in row
    assert ">5<" in row
    assert ">full<" in row


def test_the_evidence_is_the_matrices_that_the_judge_asked_for(page, measured, text):
    (finding,) = [each for each in page.ranked if each.claim.id == "lie1-bird-10k"]
    basis = findings.evidence(finding)
    assert {(m.asked.model, m.asked.condition) for m in basis.conditions} == {
        ("custom", "clean"),
        ("custom", "reduce:0.2"),
    }
    _, start, rest = text.partition('id="lie1-bird-10k"')
    part = start + rest.partition("</details></td></tr>")[0]
    tables = Tables(part.replace(start, "<table><tr>", 1))
    np.testing.assert_allclose(
        numbers(tables.of("custom, reduce:0.2 – truth in rows")), measured.matrix("custom", "reduce:0.2")
    )
    np.testing.assert_allclose(
        numbers(tables.of("custom, reduce:0.2, minus clean – truth in rows")),
        measured.relative("custom", "reduce:0.2").mean,
        atol=1e-9,
    )


def test_the_evidence_of_a_finding_has_each_condition_once_however_many_cases_ask_for_it(page):
    found = [findings.evidence(finding) for finding in page.findings]
    listed = [[each.asked for each in basis.conditions] for basis in found]
    assert any(len(asked) > 1 for asked in listed)
    assert all(len(asked) == len(set(asked)) for asked in listed)


def test_the_evidence_has_both_epochs_and_the_realised_noise(page):
    (finding,) = [each for each in page.ranked if each.claim.id == "he-label-20-intolerable"]
    found = {m.asked.condition: m for m in findings.evidence(finding).conditions if m.asked.model == "nin"}
    measured = found["wrong:0.4"]
    assert measured.best.mean > measured.last.mean
    last, _, best, gap, wrong, records, repeats = draw.condition(measured)
    assert (last, best) == (f"{measured.last.mean:.1f}%", f"{measured.best.mean:.1f}%")
    assert float(gap) == pytest.approx(measured.best.mean - measured.last.mean, abs=0.05)
    assert wrong == f"{100 * np.mean([m.effective_rate for m in measured.manifests]):.1f}%"
    assert (records, repeats) == ("5,000", "5")


@pytest.mark.parametrize(
    ("verdict", "claimed"),
    [
        (HOLDS, "below 0"),
        (replace(HOLDS, below=None, above=0.95), "above 0.95"),
        (replace(HOLDS, above=-2.0), "−2 to 0"),
        (replace(HOLDS, below=None), "no bound"),
    ],
)
def test_the_bar_tells_in_words_what_it_draws(verdict, claimed):
    assert f'aria-label="−1.5 (−2.0 to −1.0) points; claimed: {claimed}"' in draw.bar(verdict)


def test_the_bar_is_drawn_to_scale():
    drawing = draw.bar(HOLDS)
    low, high = map(float, re.search(r'class="interval" d="M([\d.]+) [\d.]+H([\d.]+)"', drawing).groups())
    effect = float(re.search(r'class="effect" cx="([\d.]+)"', drawing)[1])
    bound = float(re.search(r'class="bound" d="M([\d.]+) ', drawing)[1])
    assert low < effect < high < bound
    assert (bound - high) == pytest.approx(high - low, abs=0.2)
    start, width = map(float, re.search(r'class="claimed" x="([\d.]+)" y="0" width="([\d.]+)"', drawing).groups())
    assert start + width == pytest.approx(bound, abs=0.1)


def test_what_has_neither_interval_nor_bound_has_no_bar():
    assert draw.bar(Verdict(Status.HOLDS, 0.8, n=5, unit="Kendall's W")) == ""
    assert draw.bar(Verdict(Status.NOT_MEASURED)) == ""


def test_changes_are_shown_with_what_broke_first(page):
    now = {case.claim: case for finding in page.findings for case in finding.cases}
    measured = next(each for each in now.values() if each.verdict.status is Status.REFUTED)
    before = replace(measured, verdict=replace(measured.verdict, status=Status.HOLDS, effect=-9.0, low=-9.5, high=-8.5))
    compared = replace(page, before=Before("the report of yesterday", Verdicts("full", (before,))))
    assert [change.after for change in compared.broken] == [measured]
    shown = html(compared).partition('id="changes"')[2].partition("</section>")[0]
    assert "against the report of yesterday" in shown
    assert "holds → <b>refuted</b>" in shown


def test_contradictions_are_side_by_side_each_once(page, text):
    found = contradictions(page.findings)
    assert len(found) == 9
    pairs = [{each.one.claim.id, each.other.claim.id} for each in found if each.other]
    assert {"he-label-20-intolerable", "poisoning-robust-half"} in pairs
    assert len({frozenset(pair) for pair in pairs}) == len(pairs) == 7
    assert text.count('<article class="against">') == 9


def test_how_it_was_made_names_data_recipes_and_realised_damage(page, text, reader):
    tables = Tables(text)
    (row,) = [row for row in tables.of("Data sets")[1:] if row[0] == "cifar10"]
    assert row[1] in {outcome.fingerprint for outcome in reader.everything()}
    damage = {tuple(row[:2]): row for row in tables.of("Realised damage")[1:]}
    assert damage["cifar10", "shuffle:0.1"][2] == "9.0%"
    recipe = {row[0]: row for row in tables.of("Recipe lie-lenet")[1:]}
    assert recipe["batch_size"][1:3] == ["64 records", "stated"]


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (-0.01, "0"), (-1.25, "−1.2"), (10.0, "+10"), (math.nan, "–")])
def test_numbers_are_short_and_signed(value, text):
    from dqsuite.charts.numbers import fixed

    assert fixed(value, 1, signed=True) == text
