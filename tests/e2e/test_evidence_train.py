"""Hours of training for the findings of a scale, here seconds: killed, resumed, limited."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from living import lives

from dqsuite.experiment.evidence import import_evidence
from dqsuite.experiment.store import OUTCOMES, Store

TINY = """
import sys
from dqsuite.claims import scales
from dqsuite.claims.source import Setup
from dqsuite.cli import evidence_commands, main
from dqsuite.experiment.recipes import RECIPES

if __name__ == "__main__":
    evidence_commands._WRITTEN_EVERY_S = float(sys.argv.pop(1))
    recipe = RECIPES["standard"].with_settings(epochs=int(sys.argv.pop(1)))
    tiny = Setup("digits", "lenet", recipe, volume="first:300", repeats=2)
    with scales.SCALES.temporary("full", scales.Scale({("cifar10", "lenet"): tiny})):
        raise SystemExit(main())
"""
CELLS = 36  # eighteen conditions of LeNet


@pytest.fixture
def start(tmp_path):
    """Start ``dqsuite evidence train`` at a scale of LeNet on 300 digits, which writes its evidence all the time."""
    (tmp_path / "tiny.py").write_text(TINY)
    started = []

    def start(*arguments, epochs=1, every=0):
        process = subprocess.Popen(
            [sys.executable, "tiny.py", str(every), str(epochs), "evidence", "train", "--nice", "0", *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def train(start):
    def train(*arguments, **options):
        process = start(*arguments, **options)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    return train


def written(folder):
    store = Store(folder / ".dqsuite" / "store")
    return {name: (store.root / OUTCOMES / name[:2] / name).stat().st_mtime_ns for name in store.list(OUTCOMES)}


def in_file(folder, name="e.zip"):
    store = Store(folder / f"of-{name}-{time.monotonic_ns()}")
    assert import_evidence(store, folder / name).damaged == []
    return set(store.list(OUTCOMES))


def wait_for(condition):
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_training_keeps_what_is_stored_leaves_a_whole_file_and_goes_on(tmp_path, start, train):
    process = start("--workers", "2", "--out", "e.zip", epochs=30)
    wait_for(lambda: len(written(tmp_path)) >= 4 and (tmp_path / "e.zip").exists())
    process.send_signal(signal.SIGKILL)
    process.communicate()  # its workers hold the other ends of the pipes, and end by themselves
    before, kept = written(tmp_path), in_file(tmp_path)
    assert 4 <= len(before) < CELLS
    assert kept <= set(before)
    result = train("--workers", "2", "--out", "e.zip", epochs=30)
    assert result.returncode == 0, result.stderr
    assert f"{CELLS - len(before)} cells are left" in result.stdout
    assert result.stdout.endswith("nothing is left to train\n")
    after = written(tmp_path)
    assert len(after) == CELLS
    assert before.items() <= after.items()
    assert in_file(tmp_path) == set(after)


def test_a_terminated_training_writes_its_file(tmp_path, start):
    process = start("--workers", "1", "--out", "e.zip", epochs=30, every=3600)
    wait_for(lambda: len(written(tmp_path)) >= 2)
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "what is trained is stored" in err
    assert in_file(tmp_path) == set(written(tmp_path))


def test_a_worker_yields_its_core_on_request_and_goes_on_where_it_was(tmp_path, start):
    process = start("--workers", "2", epochs=100)
    wait_for(lambda: len(written(tmp_path)) >= 1)
    assert "hold still after the epoch at hand: 1;" in evidence_yield(tmp_path, "1")
    crew = workers_of(process)
    wait_for(lambda: sum(idle(worker) for worker in crew) == 1)
    before = len(written(tmp_path))
    wait_for(lambda: len(written(tmp_path)) > before)  # the other one goes on
    evidence_yield(tmp_path, "2")
    wait_for(lambda: all(idle(worker) for worker in crew))
    assert evidence_yield(tmp_path, "0") == "all workers go on\n"
    wait_for(lambda: not any(idle(worker) for worker in crew))
    assert process.poll() is None


def test_a_training_that_is_killed_while_a_worker_holds_still_leaves_no_process_and_no_lease(tmp_path, start, train):
    evidence_yield(tmp_path, "1")
    process = start("--workers", "2", epochs=5)
    wait_for(lambda: len(written(tmp_path)) >= 2)
    crew = workers_of(process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(map(lives, crew)))
    evidence_yield(tmp_path, "0")
    result = train("--workers", "2", "--only", "lie2-directional", epochs=5)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("nothing is left to train\n")


def evidence_yield(folder, count):
    command = [sys.executable, "-m", "dqsuite", "evidence", "yield", count]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def workers_of(process):
    """Return the ids of the processes that train for one."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def idle(worker):
    """Tell whether a process uses no core for a second."""
    before = ticks(worker)
    time.sleep(1)
    return ticks(worker) - before <= 5  # hundredths of a second: it looks twice whether it may go on


def ticks(worker):
    fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])  # in the user's mode and the system's


def test_only_what_is_named_is_trained_and_a_spent_budget_begins_nothing(tmp_path, train):
    spent = train("--budget", "0s", "--out", "e.zip")
    assert (spent.returncode, written(tmp_path)) == (0, {})
    assert f"{CELLS} cells are left: about" in spent.stdout
    assert not (tmp_path / "e.zip").exists()
    one = train("--only", "lie3-noise-hurts-*", "--workers", "1")
    assert one.returncode == 0, one.stderr
    assert len(written(tmp_path)) == 24
    rest = train("--only", "lenet", "--workers", "1")
    assert rest.returncode == 0, rest.stderr
    assert len(written(tmp_path)) == CELLS
    unknown = train("--only", "lenett")
    assert unknown.returncode == 2
    assert unknown.stderr == (
        "dqsuite: no claim and no model of the scale is 'lenett'; name a claim of dqsuite claims, or one of lenet; "
        "* stands for anything\n"
    )


def test_what_the_file_holds_is_neither_trained_again_nor_lost(tmp_path, train):
    assert train("--workers", "1", "--out", "e.zip").returncode == 0
    first = in_file(tmp_path)
    again = train("--workers", "1", "--out", "e.zip", "--store", "another")
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("nothing is left to train") == 2
    assert in_file(tmp_path) == first
