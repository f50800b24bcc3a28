"""The options that begin with ``--dq``, and what they mean."""

from __future__ import annotations

import os
from collections.abc import Iterator, Set
from contextlib import contextmanager
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dqsuite.core import scales
from dqsuite.core.durations import seconds_of
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import training_precision

if TYPE_CHECKING:
    from dqsuite.experiment.store import Store


def add(parser: pytest.Parser) -> None:
    """Add the options to pytest's."""
    option = parser.getgroup("dqsuite", "claims about bad training data").addoption
    where = "below pytest's rootdir unless absolute; default: $DQSUITE_STORE, .dqsuite/store"
    option("--dq-store", help=f"folder of the outcomes, or s3://, gs://, az:// ({where})")
    option("--dq-data", help="folder of the published data sets, NAME.npz each (default: $DQSUITE_DATA)")
    option("--dq-device", default="auto", help="auto, cpu or cuda")
    option("--dq-engine", default="processes", help="processes of this machine, or ray: then without workers of xdist")
    option("--dq-address", default="", help="of a Ray cluster, or auto (default: one started for the session)")
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
    _require_own_rootdir(config)
    if (precision := config.getoption("--dq-precision")) != "any":
        training_precision(precision, "cpu")  # raises what the user reads where there is none such
    from dqsuite.engines.choice import device_for, require_engine

    engine = config.getoption("--dq-engine")
    require_engine(engine, config.getoption("--dq-address"))
    if engine == "ray" and (hasattr(config, "workerinput") or getattr(config.option, "numprocesses", None)):
        raise DqError("one driver shares the work out to a Ray cluster", "run pytest without -n")
    if (device := config.getoption("--dq-device")) != "auto":  # which always is something
        device_for(engine, device)
    for option in ("--dq-report", "--dq-markdown"):
        if target := config.getoption(option):
            _require_writable(Path(target), option)


def _require_own_rootdir(config: pytest.Config) -> None:
    """Raise DqError where pytest took its settings from beside what one of our options names.

    Pytest chooses its rootdir before it knows the options of plugins: a path that stands alone after one is to it the
    folder of the tests.
    """
    here, root, arguments = config.invocation_params.dir, config.rootpath, config.invocation_params.args
    chosen = config.option.rootdir or config.option.inifilename or hasattr(config, "workerinput")
    if chosen or root == here or (config.inipath and here.is_relative_to(config.inipath.parent)):
        return
    for option, value in pairwise(map(str, arguments)):
        path = here / value
        if option.startswith("--dq-") and "=" not in option and path.exists() and path.is_relative_to(root):
            raise DqError(f"pytest takes {value} for the folder of the tests", f"write {option}={value}")


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


def may_have_store(config: pytest.Config) -> bool:
    """Tell whether to look for a store, which needs numpy, at the start of a session that may have no use for one."""
    return bool(
        config.getoption("--dq-store") or os.environ.get("DQSUITE_STORE") or (config.rootpath / ".dqsuite").is_dir()
    )


@contextmanager
def in_terms_of_pytest() -> Iterator[None]:
    """Fail the test for what somebody can mend, in one line that names the options of pytest."""
    try:
        yield
    except DqError as error:
        told = str(error)
        for name in ("store", "device", "precision", "engine", "address"):
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
