"""The options that begin with ``--dq``, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dqsuite.core import scales
from dqsuite.core.durations import seconds_of
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import resolve_device, training_precision

if TYPE_CHECKING:
    from dqsuite.experiment.store import Store


def add(parser: pytest.Parser) -> None:
    """Add the options to pytest's."""
    option = parser.getgroup("dqsuite", "claims about bad training data").addoption
    where = "below pytest's rootdir unless absolute; default: $DQSUITE_STORE, .dqsuite/store"
    option("--dq-store", help=f"folder of the outcomes, or s3://, gs://, az:// ({where})")
    option("--dq-data", help="folder of the published data sets, NAME.npz each (default: $DQSUITE_DATA)")
    option("--dq-device", default="auto", help="auto, cpu or cuda")
    option(
        "--dq-precision",
        default="any",
        help="judge any, fp32 or bf16, and train the latter (default: any; fp32 on a CPU)",
    )
    option("--dq-scale", help=f"{scales.CHOICES} (default: the largest that -m names, else {scales.SMALLEST})")
    option("--dq-budget", help="begin no training after this time, such as 90s, 30m or 8h; what tells most comes first")
    option("--dq-report", metavar="FILE", help="write the verdicts as JSON to this file")
    option("--dq-markdown", metavar="FILE", help="write a summary to this file, such as $GITHUB_STEP_SUMMARY")
    option("--dq-strict", action="store_true", help="let an inconclusive verdict fail")


def require_usable(config: pytest.Config) -> None:
    """Raise DqError for a device or a file to write that cannot be used: before hours are spent."""
    if (precision := config.getoption("--dq-precision")) != "any":
        training_precision(precision, "cpu")  # raises what the user reads where there is none such
    if (device := config.getoption("--dq-device")) != "auto":  # which always is something
        resolve_device(device)
    for option in ("--dq-report", "--dq-markdown"):
        if target := config.getoption(option):
            _require_writable(Path(target), option)


def _require_writable(path: Path, option: str) -> None:
    from dqsuite.report import require_writable

    try:
        require_writable(path)
    except DqError as error:
        raise DqError(error.cause, f"name another file with {option}") from error


def store(config: pytest.Config) -> Store:
    """Return the store of this session: a relative folder hangs on pytest's rootdir, wherever pytest was called."""
    from dqsuite.experiment.store import default_store
    from dqsuite.experiment.stores import is_url, open_store

    named = config.getoption("--dq-store") or default_store()
    return open_store(named if is_url(named) else config.rootpath / named)


@contextmanager
def in_terms_of_pytest() -> Iterator[None]:
    """Fail the test for what somebody can mend, in one line that names the options of pytest."""
    try:
        yield
    except DqError as error:
        told = str(error)
        for name in ("store", "device", "precision"):
            told = told.replace(f"--{name}", f"--dq-{name}")
        raise pytest.fail.Exception(told, pytrace=False) from None


def scale(config: pytest.Config) -> str:
    """Return the scale asked for, or the one that the selected marks mean. Raises DqError for an unknown one."""
    asked: str | None = config.getoption("--dq-scale")
    if not asked:
        return scale_of_marks(config.getoption("-m"))
    from dqsuite.claims.scales import SCALES

    SCALES[asked]  # raises what the user reads where there is none such
    return asked


def scale_of_marks(expression: str) -> str:
    """Return the scale that an expression of pytest's marks chooses; see `dqsuite.core.scales.chosen_by`."""
    if not any(name in expression for name in scales.ABOUT):
        return scales.SMALLEST
    from _pytest.mark.expression import Expression

    def selects(marks: Set[str]) -> bool:
        def has(name: str, /, **_: object) -> bool:
            return name in marks or (name not in scales.ABOUT and "*" in marks)

        return compiled.evaluate(has)

    try:
        compiled = Expression.compile(expression)
        return scales.chosen_by(selects)
    except (SyntaxError, pytest.UsageError):  # which pytest tells as soon as it collects
        return scales.SMALLEST


def budget(config: pytest.Config) -> float:
    """Return the seconds in which training may begin, inf without a limit. Raises DqError for no duration."""
    text: str | None = config.getoption("--dq-budget")
    return seconds_of(text) if text else inf
