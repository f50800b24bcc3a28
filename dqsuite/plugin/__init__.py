"""The pytest plugin: options, the session's runner, and verdicts as outcomes of tests.

A refuted case fails with `ClaimRefuted`; an inconclusive, reported, not measured or not applicable one is skipped with
its numbers as the reason. Verdicts travel as user properties, so that they reach the controller of xdist and JUnit
files.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from dqsuite.core import scales
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import resolve_device
from dqsuite.plugin import options
from dqsuite.plugin.cases import ClaimRefuted, case_of, claim_and_case
from dqsuite.plugin.gathering import OURS, Gathering, reviewed

if TYPE_CHECKING:
    from dqsuite.claims.runner import Runner

__all__ = ["ClaimRefuted", "case_of"]

_DEADLINE, _GATHERED = pytest.StashKey[float](), pytest.StashKey[Gathering]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that begin with ``--dq``."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options once, in the controller; workers of xdist get the same deadline."""
    try:
        options.require_usable(config)
        scale, budget = options.scale(config), options.budget(config)
    except DqError as error:
        raise pytest.UsageError(str(error)) from None
    if data := config.getoption("--dq-data"):
        os.environ["DQSUITE_DATA"] = data
    theirs = {line.partition(":")[0].strip() for line in config.getini("markers")}
    for name in [name for name in scales.ABOUT if name not in theirs]:
        config.addinivalue_line("markers", f"{name}: {scales.ABOUT[name]}")
    config.stash[_DEADLINE] = getattr(config, "workerinput", {}).get(OURS) or time.time() + budget
    config.stash[_GATHERED] = Gathering(scale)
    config.pluginmanager.register(config.stash[_GATHERED])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, which is not always installed
    """Hand the deadline to a worker of xdist."""
    node.workerinput[OURS] = node.config.stash[_DEADLINE]


@pytest.fixture(scope="session")
def dq_runner(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[Runner]:
    """Give the runner of this session; every worker of xdist has one, and all share the store."""
    from dqsuite.claims.runner import Runner

    try:
        store = options.store(pytestconfig)
    except DqError as error:
        pytest.fail(str(error), pytrace=False)
    gathered = pytestconfig.stash[_GATHERED]
    device = resolve_device(pytestconfig.getoption("--dq-device"))
    runner = Runner(
        store=store,
        scale=gathered.scale,
        device=device,
        precision=pytestconfig.getoption("--dq-precision"),
        say=gathered.say,
        cases=[found for item in request.session.items if (found := claim_and_case(item))],
        deadline=pytestconfig.stash[_DEADLINE],
    )
    yield runner
    gathered.outdated |= runner.evaluator.reader.outdated


@pytest.fixture(scope="session")
def dq_bench() -> None:
    """Say what the runner is called now, where it is asked for by its old name."""
    pytest.fail(str(DqError("dq_bench is called dq_runner now", "write that in its place")), pytrace=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Expect the refutations that were reviewed: a case that is not refuted any more is then a failure."""
    claimed = {item: found for item in items if (found := claim_and_case(item))}
    if not claimed:
        return
    try:
        options.store(config)
        reasons = {each.key: each.reason for each in reviewed()}
    except (DqError, pytest.UsageError) as error:
        if hasattr(config, "workerinput"):
            return  # xdist would drown the line: the controller or the fixture tells it
        raise pytest.UsageError(str(error)) from None
    for item, (claim, case) in claimed.items():
        if reason := reasons.get((claim.id, "-".join(case.values()), config.stash[_GATHERED].scale)):
            item.add_marker(pytest.mark.xfail(reason=reason, raises=ClaimRefuted, strict=True))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished() -> None:
    """Refuse a mistaken file of refutations before any test is run."""
    reviewed()
