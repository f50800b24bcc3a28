"""The pytest plugin: options, the session's runner, and verdicts as outcomes of tests.

A refuted case fails with `ClaimRefuted`, a demand on a study (`dq_study`) with `Refuted`. What is inconclusive,
reported, not measured or not applicable is skipped with its numbers as the reason. Verdicts travel as user properties,
so that they reach the controller of xdist and JUnit files.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from dqsuite.core import scales
from dqsuite.core.errors import DqError
from dqsuite.core.orphans import end_with_parent
from dqsuite.plugin import options, studies
from dqsuite.plugin.cases import ClaimRefuted, bring_own, case_of, claim_and_case, properties
from dqsuite.plugin.gathering import OURS, Gathering, reviewed
from dqsuite.plugin.studies import Studies
from dqsuite.statistics import demands

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
    theirs = {line.partition(":")[0].partition("(")[0].strip() for line in config.getini("markers")}
    for name, about in scales.ABOUT.items():
        if name not in theirs:
            config.addinivalue_line("markers", f"{name}: {about} (dqsuite)")
    config.stash[_DEADLINE] = getattr(config, "workerinput", {}).get(OURS) or time.time() + budget
    config.stash[_GATHERED] = Gathering(scale)
    config.pluginmanager.register(config.stash[_GATHERED])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, which is not always installed
    """Hand the deadline to a worker of xdist."""
    node.workerinput[OURS] = node.config.stash[_DEADLINE]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Sweep what killed sessions have left in the store."""
    _sweep(session.config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Sweep what this session's own processes have left."""
    _sweep(session.config)


def _sweep(config: pytest.Config) -> None:
    """Sweep the store, in the controller alone: what its workers leave tells them which cells killed one."""
    if hasattr(config, "workerinput") or not options.may_have_store(config):
        return
    with contextlib.suppress(DqError):
        store = options.store(config)
        if (store.root / "scratch").is_dir():
            from dqsuite.engines.leases import Leases

            Leases(store).sweep()


def _end_with_controller(config: pytest.Config) -> None:
    """Let a worker of xdist that may be training end as soon as its controller was killed."""
    if hasattr(config, "workerinput"):
        end_with_parent()


@pytest.fixture(scope="session")
def dq_runner(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[Runner]:
    """Give the runner of this session; every worker of xdist has one, and all share the store."""
    from dqsuite.claims.runner import Runner
    from dqsuite.engines.choice import device_for

    gathered = pytestconfig.stash[_GATHERED]
    _end_with_controller(pytestconfig)
    with options.in_terms_of_pytest(), contextlib.chdir(pytestconfig.rootpath):
        engine = pytestconfig.getoption("--dq-engine")
        device = device_for(engine, pytestconfig.getoption("--dq-device"))
        bring_own(request.session.items)
        store = options.store(pytestconfig)
    runner = Runner(
        store=store,
        scale=gathered.scale,
        device=device,
        precision=pytestconfig.getoption("--dq-precision"),
        say=gathered.say,
        cases=[found for item in request.session.items if (found := claim_and_case(item))],
        deadline=pytestconfig.stash[_DEADLINE],
        engine=engine,
        address=pytestconfig.getoption("--dq-address"),
    )
    yield runner
    gathered.outdated |= runner.evaluator.reader.outdated


@pytest.fixture(scope="session")
def dq_study(pytestconfig: pytest.Config) -> Studies:
    """Give what trains a study, once for all workers and sessions: ``dq_study(data, model, corrupt, repeats=5)``."""
    gathered = pytestconfig.stash[_GATHERED]
    _end_with_controller(pytestconfig)
    return Studies(pytestconfig, gathered.scale, gathered.say)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note the demands of a test as its properties; those that cannot be told skip it at its end, or fail it."""
    with demands.collected() as found:
        try:
            yield
        finally:
            if found:
                for each in studies.judged(item, item.config.stash[_GATHERED].scale, found):
                    item.user_properties.extend(properties(each))
    if told := studies.told(found):
        (pytest.fail if item.config.getoption("--dq-strict") else pytest.skip)(told)


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
        reasons = {each.key: each.reason for each in reviewed()}
    except pytest.UsageError:
        if hasattr(config, "workerinput"):
            return  # xdist would drown the line: the controller tells it
        raise
    for item, (claim, case) in claimed.items():
        if reason := reasons.get((claim.id, "-".join(case.values()), config.stash[_GATHERED].scale)):
            item.add_marker(pytest.mark.xfail(reason=reason, raises=ClaimRefuted, strict=True))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished() -> None:
    """Refuse a mistaken file of refutations before any test is run."""
    reviewed()
