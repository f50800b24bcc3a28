from __future__ import annotations

import json
from dataclasses import replace

import full_study
import pytest
from fabricated import dataset, plan
from fabricated import fill as fill_made
from page_reader import Tables

from dqsuite.claims import CLAIMS, verdict_files
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.refutations import Refutation
from dqsuite.claims.source import sources
from dqsuite.core.errors import DqError
from dqsuite.corruptions import Chain
from dqsuite.experiment import evidence
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from dqsuite.report.findings import Finding
from dqsuite.report.page import Page
from dqsuite.report.render import html
from dqsuite.report.sections import Section
from dqsuite.report.store_report import VERDICTS, draw_store
from dqsuite.results.reader import Reader
from dqsuite.sources.lie3.claims import noise_hurts_more
from dqsuite.statistics.verdict import Status

CELLS = full_study.cells_of_claims(ids=[noise_hurts_more.id])
SIZE = 100
SOME = [cell for cell in CELLS if cell.model == "lenet" and cell.corruption.endswith(":0.3")]


@pytest.fixture
def report(tmp_path):
    """Draw the report of a store, and return the page and its text."""

    def draw(store, other=None, say=pytest.fail):
        path = tmp_path / "reports" / "index.html"
        page = draw_store(Reader(store, say), path, "full", other=other, figures=None)
        return page, path.read_text()

    return draw


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "store")
    full_study.fill(made, SOME, SIZE)
    return made


def with_verdicts(store, folder, **changed):
    """Return a file of the store's verdicts, of which the measured one is changed."""

    found = Evaluator(Reader(store, pytest.fail), "full").judge_all()
    plain = verdict_files.to_json("full", found)
    plain["verdicts"] = [each | changed if each["claim"] == noise_hurts_more.id else each for each in plain["verdicts"]]
    file = folder / "other.json"
    file.write_text(json.dumps(plain))
    return file


def test_an_empty_store_is_one_line(report, tmp_path):
    with pytest.raises(DqError, match="holds no outcome"):
        report(Store(tmp_path / "empty"))


def test_one_cell_is_a_sensible_page(report, tmp_path):
    store = Store(tmp_path / "one")
    full_study.fill(store, SOME[:1], SIZE)
    page, text = report(store)
    assert not page.ranked
    assert "1 of 5 repeats are stored" in text
    assert "LeNet" in text


def test_the_first_report_has_nothing_to_compare_with_and_the_second_has(report, store):
    page, text = report(store)
    assert page.before is None
    assert "What changed" not in text
    page, text = report(store)
    assert page.changes == []
    assert "the same verdict" in text


def test_verdicts_are_written_beside_the_report_in_the_format_of_pytest(report, store, tmp_path):
    page, _ = report(store)
    found = verdict_files.read(tmp_path / "reports" / VERDICTS)
    measured = {(each.claim, each.case): each.verdict for each in found.judged if each.verdict.n}
    assert measured["lie3-noise-hurts-more", "lenet-0.3"].below == 0
    assert {claim for claim, _ in measured} == {finding.claim.id for finding in page.ranked}


def test_a_broken_earlier_file_is_said_and_replaced(report, store, tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / VERDICTS).write_text("{")
    said = []
    page, _ = report(store, say=said.append)
    assert page.before is None
    assert len(said) == 1
    assert verdict_files.read(tmp_path / "reports" / VERDICTS).scale == "full"


def test_other_is_a_store_evidence_or_saved_verdicts(report, store, tmp_path):
    evidence.export_evidence(store, tmp_path / "e.zip")
    for other in (store.root, tmp_path / "e.zip", with_verdicts(store, tmp_path)):
        said = []
        page, text = report(store, other=other, say=said.append)
        assert page.changes == []
        assert all("came with evidence and is unchecked" in line for line in said)
        assert f"against {page.before.name}" in text


def test_a_finding_that_held_and_is_refuted_is_broken(report, tmp_path, store):
    held = with_verdicts(store, tmp_path, status="holds")
    benign = Store(tmp_path / "benign")
    relabelled = {"shuffle:0.3": "reduce:0.3", "reduce:0.3": "shuffle:0.3"}
    data = full_study.card("cifar10", SIZE)
    benign.put_if_absent(CARDS, data.fingerprint, data.to_bytes())
    for cell in SOME:
        made = full_study.make(full_study.replace(cell, condition=Chain.of(relabelled[cell.corruption])), data)
        outcome = full_study.replace(made, cell=cell)
        benign.put_if_absent(OUTCOMES, outcome.key, outcome.to_bytes())
    page, _ = report(benign, other=held)
    (broken,) = [change.after for change in page.broken if change.after.claim == noise_hurts_more.id]
    assert broken.case == "lenet-0.3"
    assert page.changes[0].broken


def test_a_finding_that_became_inconclusive_is_shown_and_not_broken(report, tmp_path, store):
    full = report(store)[0].findings
    (case,) = [each for finding in full for each in finding.cases if each.case == "lenet-0.3"]
    before = "refuted" if case.verdict.status == "holds" else "holds"
    page, _ = report(store, other=with_verdicts(store, tmp_path, status=before))
    (change,) = page.changes
    assert change.flipped
    assert change.broken == (before == "holds" and case.verdict.status is Status.REFUTED)


@pytest.mark.parametrize("name", ["none", "empty", "text.json", "quick.json"])
def test_what_cannot_be_compared_with_is_one_line(report, store, tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.json").write_text("no json")
    verdict_files.write(tmp_path / "quick.json", "quick", [])
    with pytest.raises(DqError) as caught:
        report(store, other=tmp_path / name)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_two_variants_of_a_data_set_are_told_and_not_mixed(report, store):
    full_study.fill(store, SOME[:3], 10)
    page, text = report(store, say=lambda line: None)
    rows = [row for row in Tables(text).of("Data sets")[1:] if row[0] == "cifar10"]
    assert sorted(row[-1] for row in rows) == ["0 of 3", "10 of 10"]
    (finding,) = [each for each in page.ranked if each.claim.id == noise_hurts_more.id]
    assert finding.deciding.verdict.n == 5


def test_a_missing_baseline_leaves_out_what_is_relative_to_it(report, store):
    full_study.fill(store, [cell for cell in CELLS if cell.model == "lenet" and cell.corruption != "clean"], SIZE)
    page, _ = report(store)
    drawn = {figure.key for section in page.sources for figure in section.drawn}
    missing = {each.title for section in page.sources for each in section.missing}
    assert "lie3-accuracy" in drawn
    assert "Impact Index by class and level (lie3, figure 4)" in missing


def test_own_studies_stand_beside_the_findings(report, store):
    data = dataset()
    fill_made(store, data, plan(data))
    page, text = report(store)
    assert [study.card.name for study in page.studies] == ["made"]
    assert 'id="study-1"' in text


def test_what_a_finding_asks_for_is_no_study_of_its_own(report, store):
    alone = next(cell for cell in CELLS if cell.model == "custom" and cell.corruption.endswith(":0.3"))
    full_study.fill(store, [alone], SIZE)
    page, text = report(store)
    assert page.studies == []
    assert "Other measurements" not in text


def test_a_refuted_finding_says_what_decides_it(store):
    case = next(each for each in Evaluator(Reader(store, pytest.fail), "full").judge_all() if each.verdict.n)
    entry = Refutation(case.claim, case.case, "full", "refuted", None, None, "recipe", "our rate <is> low.", "0")
    refuted = replace(case, verdict=replace(case.verdict, status=Status.REFUTED))
    finding = Finding(CLAIMS[case.claim], [refuted])
    page = Page([], "full", [finding], reviewed=[entry])
    assert page.causes == "What decides the refuted cases: 1 a matter of what the source leaves open."
    assert '<span class="meta cause">a matter of what the source leaves open</span>' in html(page)
    assert "our rate &lt;is&gt; low." in html(page)
    assert replace(page, reviewed=[]).causes == "What decides the refuted cases: 1 not reviewed yet."


def test_a_smaller_scale_tells_what_stands_for_a_source():
    told = {source.key: Section(source, "medium", [], []).here for source in sources()}
    assert told["lie1"] == "Here, at scale medium: custom;width=0.5 on cifar10 (first:10000, 15 epochs)."
    assert "poison_cnn;width=0.5, poison_cnn, poison_cnn;width=2 on mnist, fashion_mnist" in told["poisoning"]
    assert not any(Section(source, "full", [], []).here for source in sources())


def test_own_studies_alone_are_a_page_without_findings(report, tmp_path):
    store, data = Store(tmp_path / "own"), dataset(("<script>", "b"))
    fill_made(store, data, plan(data))
    page, text = report(store)
    assert not page.findings
    assert "<script" not in text
    assert not (tmp_path / "reports" / VERDICTS).exists()


def test_a_damaged_outcome_is_said_and_left_out(report, store):
    name = next(iter(store.list(OUTCOMES)))
    (store.root / OUTCOMES / name[:2] / name).write_bytes(b"broken")
    said = []
    report(store, say=said.append)
    assert len(said) == 1
    assert "damaged" in said[0]


def test_an_outcome_that_cannot_be_of_its_data_set_is_said_and_left_out(report, store):
    name = next(iter(store.list(OUTCOMES)))
    outcome = Outcome.from_bytes(store.get(OUTCOMES, name))
    (store.root / OUTCOMES / name[:2] / name).unlink()
    short = full_study.replace(outcome, last=outcome.last[:5], best=outcome.best[:5])
    store.put_if_absent(OUTCOMES, name, short.to_bytes())
    said = []
    page, _ = report(store, say=said.append)
    assert said == ["1 outcomes do not fit the data set cifar10 and are left out"]
    assert not [finding for finding in page.ranked if finding.claim.id == noise_hurts_more.id]


def test_a_missing_card_is_not_measured(report, store):
    for name in list(store.list(CARDS)):
        store.set_aside(CARDS, name)
    page, _ = report(store, say=lambda line: None)
    assert not page.ranked


def test_the_report_of_the_same_store_is_the_same(store, tmp_path):
    texts = []
    for name in ("one", "two"):
        path = tmp_path / name / "index.html"
        draw_store(Reader(store, pytest.fail), path, "full", other=None, figures=None)
        texts.append(path.read_text())
    assert texts[0] == texts[1]
