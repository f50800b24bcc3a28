"""Studies by a real Ray of several nodes on this machine, into a bucket of a real S3 server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import object_server
import pytest

from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.experiment.stores import open_store

pytestmark = [pytest.mark.thorough, pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning")]

NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
STUDY = ("run", "--corrupt", "shuffle:0.2", "--repeats", "2", "--epochs", "2", "--json", "--device", "cpu")


@pytest.fixture(scope="module")
def cluster():
    """Give two nodes with a core each."""
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    made.add_node(**NODE)
    yield made
    made.shutdown()


@pytest.fixture
def gate(monkeypatch, tmp_path):
    monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path / "cache"))
    with object_server.served(monkeypatch) as gate:
        yield gate


def measured(store):
    """Return what was measured, without seconds and places."""
    found = {}
    for name in store.list(OUTCOMES):
        outcome = Outcome.from_bytes(store.get(OUTCOMES, name))
        curves = {key: values.tobytes() for key, values in outcome.curves.items()}
        found[name] = curves, outcome.last.tobytes(), outcome.best.tobytes(), outcome.manifest, outcome.stopped
    return found


@pytest.mark.usefixtures("gate")
def test_a_study_by_ray_and_a_bucket_is_that_of_processes_and_a_folder_to_the_bit(call, tmp_path, cluster):
    bucket = f"s3://{object_server.BUCKET}/study"
    ray = ("--engine", "ray", "--address", cluster.address, "--store", bucket)
    first = call(*STUDY, *ray, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["trained"] == 4
    assert call(*STUDY, "--workers", "2", cwd=tmp_path).returncode == 0
    found = measured(open_store(bucket))
    assert len(found) == 4
    assert found == measured(Store(tmp_path / ".dqsuite" / "store"))
    assert json.loads(call(*STUDY, *ray, cwd=tmp_path).stdout)["trained"] == 0


def test_a_ray_is_started_for_a_run(call, tmp_path, monkeypatch):
    monkeypatch.delenv("RAY_AUTH_MODE")  # as it is for users
    found = call(*STUDY, "--engine", "ray", "--workers", "2", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["trained"] == 4
    assert "RAY_AUTH_MODE" not in os.environ  # which Ray sets, and the next cluster need not have


def test_an_interrupted_run_says_that_it_can_go_on(start, tmp_path):
    process = start("run", "--epochs", "60", "--engine", "ray", "--workers", "2", cwd=tmp_path)
    store, until = Store(tmp_path / ".dqsuite" / "store"), time.monotonic() + 300
    while not list(store.list(OUTCOMES)):
        assert time.monotonic() < until
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    told = "dqsuite: stopped; what is trained is stored, and the same command goes on from there"
    assert err.splitlines()[-1] == told
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--engine", "spark"), "unknown engine 'spark'; use processes or ray"),
        (("--address", "auto"), "an address is that of a Ray cluster; ask for it with --engine ray"),
        (("--engine", "ray", "--address", "127.0.0.1:1"), "there is no Ray cluster at 127.0.0.1:1 that lets us in"),
    ],
)
def test_a_mistake_is_one_line(call, tmp_path, options, told):
    found = call(*STUDY, *options, cwd=tmp_path)
    assert found.returncode == 2
    assert found.stderr.splitlines()[-1].startswith(f"dqsuite: {told}")


def test_without_ray_the_extra_is_named(call, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    found = call(*STUDY, "--engine", "ray", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (2, "dqsuite: --engine ray needs ray; pip install 'dqsuite[ray]'\n")


IN_A_TEST = """
def test_it(dq_study):
    assert len(dq_study("digits", "lenet", "shuffle:0.2", repeats=2, settings={"epochs": 2}).outcomes) == 4
"""


def pytest_in(folder, *options):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--dq-store", "store", "--dq-device", "cpu"]
    return subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, check=False)


def test_a_study_in_a_test_is_trained_by_a_cluster(tmp_path, cluster):
    (tmp_path / "test_it.py").write_text(IN_A_TEST)
    found = pytest_in(tmp_path, "--dq-engine", "ray", "--dq-address", cluster.address)
    assert found.returncode == 0, found.stdout
    assert len(list(Store(tmp_path / "store").list(OUTCOMES))) == 4


def test_workers_of_xdist_are_no_drivers(tmp_path):
    (tmp_path / "test_it.py").write_text(IN_A_TEST)
    found = pytest_in(tmp_path, "--dq-engine", "ray", "-n", "2")
    assert found.returncode != 0
    assert "one driver shares the work out to a Ray cluster; run pytest without -n" in found.stderr


def test_the_next_driver_goes_on_where_one_was_killed(call, start, tmp_path, cluster, gate):
    options = ("--engine", "ray", "--address", cluster.address, "--store", f"s3://{object_server.BUCKET}/killed")
    longer = ("--corrupt", "shuffle:0.2,0.4", "--repeats", "4", "--epochs", "4", "--json", "--device", "cpu")
    first = start("run", *longer, *options, cwd=tmp_path)
    bucket = open_store(options[-1])
    until = time.monotonic() + 300
    while len(list(bucket.list(OUTCOMES))) < 2:
        assert time.monotonic() < until
        assert first.poll() is None, first.communicate()
        time.sleep(0.2)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    kept = {name: bucket.objects.read(f"{OUTCOMES}/{name[:2]}/{name}", 10**6) for name in bucket.list(OUTCOMES)}
    second = call("run", *longer, *options, cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["trained"] == 12 - len(kept)
    assert {name: bucket.get(OUTCOMES, name) for name in kept} == kept
