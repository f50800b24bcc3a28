"""The pytest plugin: options, the session's bench, and verdicts as outcomes of tests.

A refuted case fails with `ClaimRefuted`; an inconclusive, not measured or not applicable one is skipped with its
numbers as the reason. Verdicts travel as user properties, so that they reach the controller of xdist and JUnit files.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dqsuite.errors import DqError
from dqsuite.files import replacing
from dqsuite.hardware import native_precision, resolve_device
from dqsuite.verdict import Status, Verdict

if TYPE_CHECKING:  # the claims and what they judge with are imported by the tests that use them: pytest starts fast
    from dqsuite.claims import Claim
    from dqsuite.claims.bench import Bench
    from dqsuite.claims.claim import Case

_PROPERTY = "dqsuite"
_REFUTATIONS = Path(__file__).parent / "claims" / "refutations.json"
_NAMES = ("claim", "case", "scale")
_UNITS = {"s": 1, "m": 60, "h": 3600}


class ClaimRefuted(AssertionError):  # noqa: N818 - the name that a reviewer reads in xfail(raises=...)
    """What was measured contradicts the finding."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that begin with ``--dq``."""
    group = parser.getgroup("dqsuite", "claims about bad training data")
    add = group.addoption
    add("--dq-store", default=os.environ.get("DQSUITE_STORE") or ".dqsuite/store", help="folder of the outcomes")
    add("--dq-data", help="folder of the published data sets, NAME.npz each (default: $DQSUITE_DATA)")
    add("--dq-device", default="auto", help="auto, cpu or cuda")
    add("--dq-scale", help="quick or full (default: full with -m full, else quick)")
    add("--dq-budget", help="stop beginning to train after this time, such as 90s, 30m or 8h")
    add("--dq-report", metavar="FILE", help="write the verdicts as JSON to this file")
    add("--dq-strict", action="store_true", help="let an inconclusive verdict fail")


def pytest_configure(config: pytest.Config) -> None:
    """Read the options once, in the controller; workers of xdist get the same deadline."""
    try:
        scale = _scale(config.getoption("--dq-scale"), config.getoption("-m"))
        budget = _seconds(config.getoption("--dq-budget"))
    except DqError as error:
        raise pytest.UsageError(str(error)) from None
    if data := config.getoption("--dq-data"):
        os.environ["DQSUITE_DATA"] = data
    config.stash[_SCALE] = scale
    config.stash[_DEADLINE] = getattr(config, "workerinput", {}).get(_PROPERTY) or time.time() + budget
    config.stash[_VERDICTS] = []


_SCALE, _DEADLINE = pytest.StashKey[str](), pytest.StashKey[float]()
_VERDICTS = pytest.StashKey[list[dict[str, Any]]]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, which is not always installed
    """Hand the deadline to a worker of xdist."""
    node.workerinput[_PROPERTY] = node.config.stash[_DEADLINE]


@pytest.fixture(scope="session")
def dq_bench(pytestconfig: pytest.Config) -> Bench:
    """Return the bench of this session; every worker of xdist has one, and all share the store."""
    from dqsuite.claims.bench import Bench
    from dqsuite.store import Store

    device = resolve_device(pytestconfig.getoption("--dq-device"))
    return Bench(
        store=Store(pytestconfig.getoption("--dq-store")),
        scale=pytestconfig.stash[_SCALE],
        device=device,
        precision=native_precision(device),
        deadline=pytestconfig.stash[_DEADLINE],
        say=lambda text: print(f"dqsuite: {text}"),
    )


def case_of(claim: Claim) -> Callable[..., None]:
    """Make the test of a claim, parametrized over its cases, with the finding as its docstring."""
    from dqsuite.claims.judging import Judged

    @pytest.mark.quick
    @pytest.mark.full
    @pytest.mark.parametrize("case", [pytest.param(case, id=name or "claim") for name, case in claim.named_cases()])
    def test(case: Case, dq_bench: Bench, request: pytest.FixtureRequest) -> None:
        verdict = dq_bench.verdict(claim, case)
        told = Judged(claim.id, "-".join(case.values()), dq_bench.scale, verdict)
        request.node.user_properties.append((_PROPERTY, json.dumps(told.to_json())))
        _express(claim, verdict, strict=request.config.getoption("--dq-strict"))

    test.__doc__ = f"{claim.finding}. Holds when: {claim.criterion}"
    test.claim = claim  # type: ignore[attr-defined] # read when tests are collected
    return test


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Expect the refutations that were reviewed: a case that is not refuted any more is then a failure."""
    expected = {(each["claim"], each["case"]): each["reason"] for each in _reviewed(config.stash[_SCALE])}
    for item in items:
        claim = getattr(getattr(item, "function", None), "claim", None)
        if claim is None:
            continue
        case = "-".join(item.callspec.params["case"].values())  # type: ignore[attr-defined] # of a parametrized item
        if reason := expected.get((claim.id, case)):
            item.add_marker(pytest.mark.xfail(reason=reason, raises=ClaimRefuted, strict=True))


def _reviewed(scale: str) -> list[dict[str, str]]:
    """Return the reviewed refutations of a scale."""
    found: list[dict[str, str]] = json.loads(_REFUTATIONS.read_text())
    return [each for each in found if each["scale"] == scale]


def _express(claim: Claim, verdict: Verdict, *, strict: bool) -> None:
    """Turn a verdict into the outcome of a test."""
    line = f"{claim.id}: {verdict.describe()}"
    if verdict.status is Status.REFUTED or (strict and verdict.status is Status.INCONCLUSIVE):
        raise ClaimRefuted(f"{line}\n{claim.finding}\nholds when: {claim.criterion}")
    if verdict.status is not Status.HOLDS:
        pytest.skip(line)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Gather the verdicts, in the controller."""
    if report.when == "call" and _config:
        told = [value for name, value in report.user_properties if name == _PROPERTY]
        found: list[dict[str, Any]] = [json.loads(str(value)) for value in told]
        gathered = _config[0].stash[_VERDICTS]
        gathered += found


_config: list[pytest.Config] = []


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember the controller's configuration, which the hook of a report is not given."""
    _config[:] = [session.config]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401
    """Show how many cases have each verdict, and write them down."""
    gathered = config.stash[_VERDICTS]
    verdicts = sorted(gathered, key=lambda each: (each["claim"], each["case"]))
    if not verdicts:
        return
    counts = Counter(each["status"] for each in verdicts)
    terminalreporter.section(f"findings at scale {config.stash[_SCALE]}")
    for status in Status:
        if counts[status.value]:
            terminalreporter.write_line(f"{counts[status.value]:5} {status.value}")
    for told in verdicts:
        if told["status"] in (Status.REFUTED, Status.INCONCLUSIVE):
            verdict = Verdict.from_json({key: value for key, value in told.items() if key not in _NAMES})
            terminalreporter.write_line(f"{told['claim']} {told['case']}: {verdict.describe()}")
    if target := config.getoption("--dq-report"):
        with replacing(Path(target)) as temporary:
            temporary.write_text(json.dumps({"scale": config.stash[_SCALE], "verdicts": verdicts}, indent=1))
        terminalreporter.write_line(f"verdicts: {target}")


def _scale(asked: str | None, marks: str) -> str:
    """Return the scale that is asked for, or the one that the selected marks mean."""
    if not asked:
        return "full" if re.search(r"\bfull\b", marks) else "quick"
    from dqsuite.claims.scales import SCALES

    SCALES[asked]  # raises what the user reads where there is none such
    return asked


def _seconds(text: str | None) -> float:
    """Read a duration; none given is a week, longer than any run."""
    if not text:
        return 7 * 24 * 3600.0
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([smh])", text)
    if not found:
        raise DqError(f"the budget {text!r} is no duration", "write 90s, 30m or 8h")
    return float(found[1]) * _UNITS[found[2]]
