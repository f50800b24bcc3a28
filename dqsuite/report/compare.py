"""What a report is compared with: another store, an evidence file, or saved verdicts."""

from __future__ import annotations

import tempfile
import time
import zipfile
from pathlib import Path

from dqsuite.claims import verdict_files
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.verdict_files import Verdicts
from dqsuite.core.errors import DqError
from dqsuite.experiment import evidence
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.experiment.stores import is_url, open_store
from dqsuite.report.page import Before
from dqsuite.results.reader import Reader, Say


def earlier(path: Path, say: Say) -> Before | None:
    """Return the verdicts that stand beside a report, None where there are none; unreadable ones are said."""
    if not path.is_file():
        return None
    try:
        found = verdict_files.read(path)
    except DqError as error:
        say(f"nothing is compared with the report before: {error.cause}")
        return None
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(path.stat().st_mtime))
    return Before(f"the report of {since[:10]} {since[11:16]} UTC", found, since)


def other(named: Path | str, scale: str, say: Say) -> Before:
    """Return the verdicts of another store, evidence file or verdict file.

    Raises
    ------
    DqError
        It is none of the three, holds nothing, or was judged at another scale.
    """
    if is_url(named):
        return _judged(open_store(named), str(named), scale, say)
    path = Path(named)
    if path.is_dir():
        return _judged(Store(path), str(path), scale, say)
    if path.is_file() and zipfile.is_zipfile(path):
        with tempfile.TemporaryDirectory() as folder:
            evidence.import_evidence(Store(folder), path)
            return _judged(Store(folder), path.name, scale, say)
    try:
        found = verdict_files.read(path)
    except DqError as error:
        raise DqError(error.cause, "compare with a store, an evidence file or saved verdicts") from error
    if found.scale != scale:
        raise DqError(f"{path} was judged at scale {found.scale}, this report at {scale}", "choose it with --scale")
    return Before(path.name, found)


def _judged(store: Store, name: str, scale: str, say: Say) -> Before:
    if not any(True for _ in store.list(OUTCOMES)):
        raise DqError(f"{name} holds no outcome", "compare with a store, an evidence file or saved verdicts")
    found = Evaluator(Reader(store, say), scale).judge_all()
    return Before(name, Verdicts(scale, tuple(found)))
