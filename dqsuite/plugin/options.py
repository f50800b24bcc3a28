"""The options that begin with ``--dq``, and what they mean."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from dqsuite.core import scales
from dqsuite.core.durations import seconds_of
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import resolve_device, training_precision
from dqsuite.experiment.store import Store, default_store


def add(parser: pytest.Parser) -> None:
    """Add the options to pytest's."""
    option = parser.getgroup("dqsuite", "claims about bad training data").addoption
    option("--dq-store", default=default_store(), help="folder of the outcomes, from the root folder")
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


def store(config: pytest.Config) -> Store:
    """Return the store, whose path hangs on the root folder. Raises DqError for one that cannot be used."""
    try:
        return Store(config.rootpath / config.getoption("--dq-store"))
    except DqError as error:
        raise DqError(error.cause, "name a folder with --dq-store or $DQSUITE_STORE") from error


def _require_writable(path: Path, option: str) -> None:
    from dqsuite.report import require_writable

    try:
        require_writable(path)
    except DqError as error:
        raise DqError(error.cause, f"name another file with {option}") from error


def scale(config: pytest.Config) -> str:
    """Return the scale asked for, or the one that the selected marks mean. Raises DqError for an unknown one."""
    asked: str | None = config.getoption("--dq-scale")
    if not asked:
        return scales.named_in(config.getoption("-m"))
    from dqsuite.claims.scales import SCALES

    SCALES[asked]  # raises what the user reads where there is none such
    return asked


def budget(config: pytest.Config) -> float:
    """Return the seconds in which training may begin, inf without a limit. Raises DqError for no duration."""
    text: str | None = config.getoption("--dq-budget")
    return seconds_of(text) if text else inf
