"""What every test shares: its mark, one thread of torch, and a world of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
collect_ignore = ["tests/support"]  # what tests use; among it a repository of somebody else, with tests of its own
UNREAD = {"quick": ("e2e", "bench"), "medium": ("unit", "e2e", "bench"), "full": ("unit", "e2e", "bench")}  # by scale
os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported: several workers share the cores
os.environ |= {"RAY_AUTH_MODE": "token", "RAY_USAGE_STATS_ENABLED": "0"}  # of whatever Ray a test starts
os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # workers of xdist inherit it


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave folders unread that have no test of the scale asked for: reading thousands takes longer than judging."""
    unread = UNREAD.get(config.getoption("markexpr"), ())
    return True if collection_path in (HERE / "tests" / folder for folder in unread) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Mark the suite's tests of itself, and have workers begin with the claims: those that train take longest.

    Unit tests are quick, unless they say that they take minutes as others do. Each worker of xdist has an equal part of
    the list to begin with, and so of the claims.
    """
    for item in items:
        if item.path.is_relative_to(HERE / "tests" / "unit") and not item.get_closest_marker("thorough"):
            item.add_marker(pytest.mark.quick)
        if any(item.path.is_relative_to(HERE / "tests" / folder) for folder in ("e2e", "bench")):
            item.add_marker(pytest.mark.thorough)
    yield
    if not (workers := getattr(config, "workerinput", {}).get("workercount", 0)):
        return  # without workers the order of the files is the list of findings
    parts: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        parts[item.path.is_relative_to(HERE / "tests" / "claims")].append(item)
    claims, others = parts[True], parts[False]
    claims.reverse()  # the last source shares no training with others: at the end one worker would be alone with it
    share = -(-len(others) // workers)
    items[:] = [
        item for at in range(workers) for item in (*claims[at::workers], *others[at * share : (at + 1) * share])
    ]


@pytest.fixture(autouse=True)
def own_world(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's cache and store out of the tests; processes they start inherit it."""
    base = tmp_path_factory.getbasetemp()
    session = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base  # workers share what is compiled
    monkeypatch.setenv("DQSUITE_CACHE", str(session / "cache"))
    monkeypatch.delenv("DQSUITE_STORE", raising=False)
