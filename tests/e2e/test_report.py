"""The report as its reader meets it: in a real browser, from disk, without scripts and without a network."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path

import full_study
import numpy as np
import pytest
from command_line import complaint, run
from fabricated import dataset, fill, plan
from full_speed import FullSpeed
from page_reader import numbers

from dqsuite.charts.figures import Dots, Grids, Lines, Table
from dqsuite.claims.measurements import in_each_precision
from dqsuite.experiment.store import Store
from dqsuite.report.render import write, write_page
from dqsuite.report.store_report import draw_store
from dqsuite.results.loading import load_study
from dqsuite.results.reader import Reader
from dqsuite.statistics.verdict import Status

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = [name for name in ("playwright", "axe_playwright_python") if not importlib.util.find_spec(name)]
in_browser = pytest.mark.skipif(
    not BROWSER or bool(MISSING), reason=f"no Chromium on the path, or not installed: {', '.join(MISSING)}"
)
SIZES = {"laptop": (1280, 800), "telephone": (390, 844)}
SERIOUS = ("serious", "critical")
DECIDED = "lie1-bird-10k"
SHADED = {"lie1-bird", "lie3-distance", "lie1-noise-relative"}  # figures with every tone and shade
FEW = {  # conditions enough for a finding of each verdict, a question, and a figure of each kind
    "custom": ("clean", "shuffle:0.1", "shuffle:0.2", "reduce:0.2"),
    "lenet5": ("clean", "contrast:0.5", "contrast:2"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The report of a full study: its path, and the seconds of a processor that it took, at its full speed."""
    folder = tmp_path_factory.mktemp("full")
    store = Store(folder / "store")
    full_study.fill(store, full_study.with_more(full_study.cells_of_claims()), per_class=1000)
    path = folder / "reports" / "index.html"
    with FullSpeed() as timed:
        draw_store(Reader(store, lambda line: None), path, "full", other=None, figures=None)
    return path, timed.seconds


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A report that has every kind of part, on little data: its path, its store and what it shows."""
    folder = tmp_path_factory.mktemp("small")
    store, own = Store(folder / "store"), dataset()
    ids = ["lie1-bird-10k", "lie3-noise-hurts-more", "he-contrast-asymmetric", "open-merge"]
    cells = [cell for cell in full_study.cells_of_claims(ids=ids) if cell.corruption in FEW.get(cell.model, ())]
    full_study.fill(store, cells, per_class=10)
    fill(store, own, plan(own))
    page = draw_store(Reader(store, pytest.fail), folder / "index.html", "full", other=None, figures=None)
    return folder / "index.html", store, page


@pytest.fixture(scope="module")
def smallest(small, tmp_path_factory):
    """The path of the small report with one part of each kind: axe takes time for every number of a table."""
    page = small[2]
    kinds = {finding.verdict.status: finding for finding in page.findings}
    assert set(kinds) >= set(Status) - {Status.NOT_APPLICABLE}
    of_kind = {type(each.body): each.key for section in page.sources for each in section.drawn}
    assert set(of_kind) >= {Lines, Dots, Grids, Table}  # and a gallery, where the images are at hand
    kept = {*of_kind.values(), *SHADED}
    sections = [replace(each, drawn=[f for f in each.drawn if f.key in kept]) for each in page.sources]
    paired, alone = page.contradictions[0], page.contradictions[-1]
    chosen = replace(page, findings=list(kinds.values()), sources=sections, contradictions=[paired, alone])
    return write_page(chosen, tmp_path_factory.mktemp("smallest") / "index.html")


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, small):
    """Open the report in a window of its own, and make sure at the end that it asked and complained for nothing."""
    windows, asked, said, opened = [], [], [], set()

    def open_page(size="laptop", scripts=False, path=small[0], **options):
        width, height = SIZES[size]
        window = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, offline=True, **options
        )
        windows.append(window)
        page = window.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        opened.add(path.as_uri())
        page.goto(path.as_uri())
        return page

    yield open_page
    for window in windows:
        window.close()
    assert {url for url in asked if not url.startswith("data:")} <= opened
    assert said == []


def test_a_full_study_is_drawn_in_ten_seconds_and_five_megabytes(whole):
    path, seconds = whole
    assert seconds < 10
    assert path.stat().st_size < 5_000_000


@in_browser
def test_the_first_screen_is_there_in_two_seconds(visit, whole):
    page = visit(scripts=True, path=whole[0])
    (paint,) = page.evaluate("performance.getEntriesByName('first-contentful-paint').map(each => each.startTime)")
    assert paint < 2000


@in_browser
@pytest.mark.parametrize("size", SIZES)
def test_the_first_screen_tells_what_holds(visit, size):
    page = visit(size)
    height = SIZES[size][1]
    for text in ("refuted", "inconclusive", "holds", "not measured"):
        assert page.locator(".counts li", has_text=text).first.bounding_box()["y"] < height
    assert page.locator("#findings h2").bounding_box()["y"] < height
    assert "refuted" in page.locator(".findings .row").first.inner_text()


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The path of the page of a stranger's study, with warnings, as `run` writes it."""
    folder = tmp_path_factory.mktemp("own")
    data, store = dataset(("cat", "deer", "a class of a long name"), per_class=100), Store(folder / "store")
    wanted = plan(data, ["wrong:0.1", "wrong:0.2", "wrong:0.4", "reduce:0.5"], repeats=4)
    fill(store, data, wanted, lambda cell: LOST.get(cell.corruption, 0) + cell.repeat % 2)
    return write([load_study(store, wanted, pytest.fail)], folder / "own.html")


LOST = {"wrong:0.1": 8, "wrong:0.2": 15, "wrong:0.4": 40, "reduce:0.5": 3}


@in_browser
@pytest.mark.parametrize("size", SIZES)
def test_the_first_screen_of_a_study_tells_which_classes_break_first_and_how_surely(visit, own, size):
    page = visit(size, path=own)
    width, height = SIZES[size]
    assert "breaks first: its recall falls by" in page.locator(".answer .said").inner_text()
    rows = page.locator(".breaking tbody tr")
    assert rows.count() == 3
    last = rows.last.bounding_box()
    assert last["y"] + last["height"] < height
    assert last["x"] + last["width"] <= width
    assert " to " in rows.last.inner_text()


@in_browser
@pytest.mark.parametrize("size", SIZES)
def test_a_study_is_no_wider_than_the_window(visit, own, size):
    page = visit(size, scripts=True, path=own)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size][0]


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_a_study(visit, own, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(scripts=True, path=own, color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in SERIOUS] == []


@in_browser
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_window(visit, size):
    page = visit(size, scripts=True)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size][0]


@in_browser
def test_dark_mode_is_dark(visit):
    def lightness(scheme):
        page = visit(color_scheme=scheme, scripts=True)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, colour.strip("rgb()").split(",")))

    assert lightness("dark") < 200
    assert lightness("light") > 600


@in_browser
def test_a_matrix_has_the_numbers_of_the_store_either_way_round(visit, small):
    expected = in_each_precision(Reader(small[1], pytest.fail), "full")[0].matrix("custom", "shuffle:0.1")
    page = visit()
    figure = page.locator("#figure-lie1-matrices .scroll").nth(1)

    def seen():
        table = figure.locator("table").locator("visible=true")
        rows = table.locator("tr")
        cells = [rows.nth(number).locator("th, td").all_inner_texts() for number in range(rows.count())]
        return np.array(numbers(cells)), table.locator("caption").inner_text()

    by_truth, caption = seen()
    np.testing.assert_allclose(by_truth, expected, atol=0.05)
    assert "truth in rows" in caption
    page.get_by_label("truth in columns, as the sources draw them").check()
    by_source, caption = seen()
    np.testing.assert_allclose(by_source, expected.T, atol=0.05)
    assert "truth in columns" in caption


@in_browser
def test_the_evidence_of_a_finding_opens_by_keyboard(visit):
    page = visit()
    details = page.locator(f"#{DECIDED} + tr details").first
    matrix = details.locator(".grid").first
    assert not matrix.is_visible()
    details.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert matrix.is_visible()
    assert "realised" in details.inner_text()
    page.keyboard.press("Tab")
    assert page.locator(":focus").count() == 1


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(visit, smallest, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(scripts=True, path=smallest, color_scheme=scheme)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in SERIOUS] == []


def test_the_command_writes_page_verdicts_and_figures_without_torch(tmp_path):
    (tmp_path / "torch.py").write_text("raise SystemError('torch was imported')\n")
    cells = full_study.cells_of_claims(ids=["lie3-noise-hurts-more"])
    few = [cell for cell in cells if cell.model == "lenet"]
    full_study.fill(Store(tmp_path / "store"), few, per_class=10)
    options = ("report", "--store", "store", "--out", "new/", "--figures", "figures")
    result = run(*options, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == str(Path("new") / "index.html")
    assert (tmp_path / "new" / "verdicts.json").is_file()
    assert (tmp_path / "figures" / "lie3-accuracy.svg").is_file()


def test_the_exit_code_tells_that_a_finding_broke(tmp_path):
    full_study.fill(Store(tmp_path / "store"), full_study.cells_of_claims(ids=["poisoning-mnist-80"]), per_class=100)
    first = run("report", "--store", "store", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    saved = tmp_path / "reports" / "verdicts.json"
    text = saved.read_text()
    assert '"refuted"' in text
    (tmp_path / "before.json").write_text(text.replace('"refuted"', '"holds"'))
    broken = run("report", "--store", "store", "--compare", "before.json", cwd=tmp_path)
    assert broken.returncode == 1, broken.stderr
    assert "poisoning-mnist-80" in broken.stderr
    (tmp_path / "before.json").write_text(text.replace('"refuted"', '"inconclusive"'))
    assert run("report", "--store", "store", "--compare", "before.json", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("options", [("--compare", "nowhere"), ("--scale", "huge"), ("--store", "empty")])
def test_a_mistake_is_one_line(tmp_path, options):
    full_study.fill(Store(tmp_path / "store"), full_study.cells_of_claims(ids=["lie1-10k-cheap"])[:1], per_class=2)
    complaint(run("report", *("--store", "store"), *options, cwd=tmp_path))
