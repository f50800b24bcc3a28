"""A node, the driver or the S3 server is killed, or the network cut, at a random moment; then another driver goes on.

``DQSUITE_FAULT_RUNS=100`` makes more runs than one of each fault; ``--junitxml`` notes what became of each.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time

import cluster_driver
import object_server
import pytest
from filelock import FileLock
from machines import SUPPORT, Machines

from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import OUTCOMES
from dqsuite.experiment.stores import open_store

RUNS = int(os.environ.get("DQSUITE_FAULT_RUNS", "6"))
FAULTS = ("node killed", "driver killed", "driver interrupted", "server killed", "node cut off", "bucket cut off")


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """Give two nodes; workers of xdist that share these tests wait for each other: one cluster a machine at a time."""
    with FileLock(tmp_path_factory.getbasetemp().parent / "machines.lock"):
        made = Machines(2)
        yield made
        made.close()


@pytest.fixture(scope="module")
def server():
    made = object_server.Mortal()
    yield made
    made.close()


@pytest.fixture
def drive(machines, server, tmp_path, monkeypatch):
    """Give what starts a driver on a machine of a name; none of them outlives the test."""
    started = []
    for key, value in object_server.settings(server.gate.url).items():
        monkeypatch.setenv(key, value)

    def start(url, name):
        path = os.pathsep.join([SUPPORT, os.environ.get("PYTHONPATH", "")])
        cache = {"PYTHONPATH": path, "DQSUITE_CACHE": str(tmp_path / name)}
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "cluster_driver", machines.address, url],
                env=os.environ | cache,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
            )
        )
        return started[-1]

    yield start
    for each in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(each.pid, signal.SIGKILL)


@pytest.mark.parametrize("number", range(RUNS))
def test_a_fault_at_a_random_moment_loses_nothing(number, machines, server, drive, record_property):
    rng = random.Random(number)
    fault, url = FAULTS[number % len(FAULTS)], f"s3://{object_server.BUCKET}/run{number}"
    drivers = [drive(url, name) for name in ("here", "there")[: rng.choice([1, 1, 2])]]
    first = drivers[0].stdout.readline()  # it has finished a cell
    time.sleep(rng.uniform(0, 3))
    _strike(fault, drivers[0], machines, server, rng)
    told = [each.communicate(timeout=240) for each in drivers]
    for each, (_, error) in zip(drivers, told, strict=True):
        if each.returncode not in (0, -signal.SIGKILL, -signal.SIGINT):
            assert "KeyboardInterrupt" in error or error.splitlines()[-1].startswith("dqsuite: "), error
    kept = {path: body for path, (body, _) in server.gate._kept.items() if f"/run{number}/{OUTCOMES}/" in path}
    last = drive(url, rng.choice(["here", "elsewhere"]))
    out, error = last.communicate(timeout=240)
    assert last.returncode == 0, error
    _require_whole(server.gate, number, kept)
    trained = "".join([first, out, *(text for text, _ in told)]).count("Finished")
    record_property("run", f"{fault}, {len(drivers)} drivers: {len(kept)} of 16 stored then, {trained} trained in all")


def _strike(fault, driver, machines, server, rng):
    """Let something happen; what was hit is back after a while, or another in its place."""
    node, seconds = rng.choice(machines.names()), rng.uniform(0.5, 15)
    if fault == "node killed":
        machines.kill(node)
        time.sleep(seconds / 5)
        machines.add()
    elif fault == "node cut off":
        machines.cut(node)
        time.sleep(seconds)
        machines.join(node)
    elif fault == "server killed":
        server.kill()
        time.sleep(seconds)
        server.revive()
    elif fault == "bucket cut off":
        server.gate.fault = object_server.sometimes(1.0, 0, "cut", "lost", "SlowDown")
        time.sleep(seconds)
        server.gate.fault = lambda method, path: ""
    else:
        os.killpg(driver.pid, signal.SIGKILL if fault == "driver killed" else signal.SIGINT)


def _require_whole(gate, number, kept):
    """Require every outcome to be there, whole, and written once; what was kept before as it was."""
    store, plan = open_store(f"s3://{object_server.BUCKET}/run{number}"), cluster_driver.plan()
    names = set(map(plan.key, plan.cells))
    assert set(store.list(OUTCOMES)) == names
    for name in names:
        assert Outcome.from_bytes(store.get(OUTCOMES, name)).key == name
    written = {path: count for path, count in gate.written.items() if f"/run{number}/{OUTCOMES}/" in path}
    assert len(written) == len(names)
    assert set(written.values()) == {1}
    assert kept == {path: gate._kept[path][0] for path in kept}
