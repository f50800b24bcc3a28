"""Puts a page into one file."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from dqsuite import __version__
from dqsuite.advice.advice import Advice
from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing
from dqsuite.report import advice, answers, doses, draw, studies
from dqsuite.report.findings import evidence
from dqsuite.report.page import Page
from dqsuite.results.study import Study


def require_writable(path: Path) -> Path:
    """Return the path of a report to be; raise DqError if it cannot be written, before hours are spent on it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            path.lstat()  # which fails where the name is too long
        with tempfile.TemporaryFile(dir=path.parent):
            return path
    except OSError as error:
        raise _unwritable(path, error) from error


def write(found: Sequence[Study], path: Path, advised: Sequence[Advice] = ()) -> Path:
    """Draw the report of studies, and advice drawn from them, into one file, as `write_page`."""
    return write_page(Page(found, advised=advised), path)


def write_page(page: Page, path: Path) -> Path:
    """Draw a page into one file, which appears whole or not at all, and return its path.

    Raises
    ------
    DqError
        The file cannot be written.
    """
    text = html(page)
    try:
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def html(page: Page) -> str:
    """Return the page as HTML."""
    pages = Environment(
        loader=PackageLoader("dqsuite.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    rooms = {"draw": draw, "studies": studies, "answers": answers, "doses": doses, "advice": advice}
    pages.globals |= rooms | {"page": page, "version": __version__, "evidence_of": evidence}
    text = pages.get_template("index.html.j2").render()
    return re.sub(r"\n\s*\n+", "\n", text).lstrip()


def _unwritable(path: Path, error: OSError) -> DqError:
    return DqError(f"cannot write the report {path} ({error.strerror})", "name another file with --out")
