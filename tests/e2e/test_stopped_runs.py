"""Runs that are killed, interrupted or joined by another lose nothing and do nothing twice."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from living import lives

from dqsuite.experiment.store import OUTCOMES, Store

GONE_S = 2.0  # after their parent, on a busy machine too


def wait_for(store: Store, cells: int) -> None:
    """Wait until so many cells are stored."""
    deadline = time.monotonic() + 120
    while len(list(store.list(OUTCOMES))) < cells:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killing_a_run_loses_no_stored_cell_and_the_next_run_goes_on(call, start, tmp_path, workers):
    options = ("--corrupt", "shuffle:0.1,0.2", "--repeats", "2", "--epochs", "4")
    store = Store(tmp_path / ".dqsuite" / "store")
    first = start("run", *options, "--workers", workers, cwd=tmp_path)
    wait_for(store, 2)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    kept = {name: store.get(OUTCOMES, name) for name in store.list(OUTCOMES)}
    assert 2 <= len(kept) < 6
    second = call("run", *options, "--workers", "1", "--json", cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["trained"] == 6 - len(kept)
    assert {name: store.get(OUTCOMES, name) for name in kept} == kept


SLOW = """
import os, time
from pathlib import Path
from torch import nn

class Slow(nn.Sequential):
    def forward(self, images):
        if self.training and len(images) > 2:
            Path(f"training-{os.getpid()}").touch()
            time.sleep(10)
        return super().forward(images)

def slow(num_classes, image_shape): return Slow(nn.Flatten(), nn.Linear(64, num_classes))
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_at_once_with_their_parent_in_the_middle_of_an_epoch(start, tmp_path, how):
    """A batch takes ten seconds and an epoch minutes: whoever waited for the end of one would be seen."""
    (tmp_path / "models.py").write_text(SLOW)
    options = ("--model", "models:slow", "--corrupt", "shuffle:0.1", "--repeats", "2", "--workers", "2")
    parent = start("run", *options, cwd=tmp_path)
    crew = wait_until_training(tmp_path, 2)
    parent.send_signal(how)
    parent.communicate(timeout=60)
    gone = time.monotonic() + GONE_S
    assert parent.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 130)
    while any(map(lives, crew)):
        assert time.monotonic() < gone
        time.sleep(0.01)


def wait_until_training(folder: Path, workers: int) -> list[str]:
    """Return the process numbers of the workers, once so many train."""
    deadline = time.monotonic() + 60
    while len(found := list(folder.glob("training-*"))) < workers:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return [path.name.removeprefix("training-") for path in found]


def test_an_interrupted_run_says_that_it_can_go_on(start, tmp_path):
    store = Store(tmp_path / ".dqsuite" / "store")
    process = start("run", "--epochs", "60", "--workers", "2", cwd=tmp_path)
    wait_for(store, 1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == (
        "dqsuite: stopped; what is trained is stored, and the same command goes on from there"
    )
    assert "Traceback" not in err


def test_two_runs_on_one_store_share_the_work(start, tmp_path):
    options = ("--corrupt", "shuffle:0.1", "--repeats", "2", "--epochs", "2", "--workers", "1", "--json")
    runs = [start("run", *options, cwd=tmp_path) for _ in range(2)]
    results = [process.communicate(timeout=300) for process in runs]
    assert [process.returncode for process in runs] == [0, 0], results
    trained = sum(err.count("after") for _, err in results)
    assert trained == 4
    printed = [json.loads(out)["conditions"] for out, _ in results]
    assert printed[0] == printed[1]
