"""The report of a whole store: the page, the verdicts beside it, and its figures as files."""

from __future__ import annotations

from pathlib import Path

from dqsuite.claims import verdict_files
from dqsuite.core.errors import DqError
from dqsuite.experiment.store import nothing_stored
from dqsuite.report import compare
from dqsuite.report.export import export
from dqsuite.report.page import Page, page_of
from dqsuite.report.render import require_writable, write_page
from dqsuite.results.reader import Reader
from dqsuite.sources import at_hand

VERDICTS = "verdicts.json"
"""The file beside the report in which its verdicts stand, for the next report to be compared with."""


def draw_store(reader: Reader, path: Path, scale: str, *, other: Path | str | None, figures: Path | None) -> Page:
    """Draw the report of a store into a file, and return what it shows.

    Parameters
    ----------
    other : path or None
        A store, an evidence file or saved verdicts to compare with; else the verdicts of the report before are.
    figures : path or None
        A folder for every figure as SVG and PNG, and every table as CSV.

    Raises
    ------
    DqError
        The store holds nothing, `other` cannot be compared with, or a file cannot be written.
    """
    require_writable(path)
    if reader.names:
        at_hand.look()
    if not reader.everything():
        raise nothing_stored(reader.store)
    saved = path.with_name(VERDICTS)
    before = compare.other(other, scale, reader.say) if other else compare.earlier(saved, reader.say)
    page = page_of(reader, scale, before)
    write_page(page, path)
    if page.findings:
        _save(page, saved)
    if figures:
        export(page, figures)
    return page


def _save(page: Page, path: Path) -> None:
    try:
        verdict_files.write(path, page.scale, (case for finding in page.findings for case in finding.cases))
    except OSError as error:
        raise DqError(f"cannot write the verdicts {path} ({error.strerror})", "name another file with --out") from error
