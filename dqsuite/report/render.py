"""Puts the tables into the page."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from dqsuite import __version__
from dqsuite.errors import DqError
from dqsuite.files import replacing
from dqsuite.report import tables
from dqsuite.study import Study


def require_writable(path: Path) -> Path:
    """Return the path of a report to be; raise DqError if it cannot be written, before hours are spent on it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            return path
    except OSError as error:
        raise _unwritable(path, error) from error


def write(studies: Sequence[Study], path: Path) -> Path:
    """Draw the report into one file, which appears whole or not at all, and return its path.

    Raises
    ------
    DqError
        The file cannot be written.
    """
    pages = Environment(
        loader=PackageLoader("dqsuite.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = pages.get_template("index.html.j2").render(studies=studies, tables=tables, version=__version__)
    try:
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def _unwritable(path: Path, error: OSError) -> DqError:
    return DqError(f"cannot write the report {path} ({error.strerror})", "name another file with --out")
