"""Pytest workers train what claims lack, each cell once, and outlive each other."""

from __future__ import annotations

import subprocess
import sys

from one_finding import FILE, TINY

from dqsuite.experiment.store import OUTCOMES, Store


def test_workers_train_every_cell_once_and_the_next_session_none(tmp_path):
    (tmp_path / "test_it.py").write_text(FILE)
    (tmp_path / "conftest.py").write_text(TINY)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "full"]
    command += ["--dq-store", "store", "--dq-device", "cpu", "-rs", "-n", "2"]
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stdout
    store = Store(tmp_path / "store")
    names = sorted(store.list(OUTCOMES))
    assert len(names) == 2 * 6 * 2
    written = {name: (store.root / OUTCOMES / name[:2] / name).stat().st_mtime_ns for name in names}
    (tmp_path / "torch.py").write_text("raise SystemError('torch was imported')\n")
    again = subprocess.run(command[:-2], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout
    assert {name: (store.root / OUTCOMES / name[:2] / name).stat().st_mtime_ns for name in names} == written
    assert "32 not applicable" in again.stdout
    assert "not measured" not in again.stdout


DEADLY = """
import os, pathlib, signal
from dqsuite.claims import runner as runner

train, died = runner.train, pathlib.Path("died")

def deadly(cell, dataset, device, watch):
    if "shuffle:0.2" in cell.corruption and not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return train(cell, dataset, device, watch)

runner.train = deadly
"""


def test_a_killed_worker_harms_only_its_case_and_the_next_session_trains_the_rest(tmp_path):
    (tmp_path / "test_it.py").write_text(FILE)
    (tmp_path / "conftest.py").write_text(TINY + DEADLY)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "full", "-k", "lenet and not googlenet"]
    command += ["--dq-store", "store", "--dq-device", "cpu", "-n", "2"]
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert first.returncode == 1, first.stdout
    assert "1 failed" in first.stdout
    assert "crashed while running" in first.stdout
    assert "not measured" not in first.stdout
    store = Store(tmp_path / "store")
    written = {name: (store.root / OUTCOMES / name[:2] / name).stat().st_mtime_ns for name in store.list(OUTCOMES)}
    again = subprocess.run(command[:-2], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "crashed" not in again.stdout
    assert "not measured" not in again.stdout
    kept = {name: (store.root / OUTCOMES / name[:2] / name).stat().st_mtime_ns for name in store.list(OUTCOMES)}
    assert written.items() <= kept.items()
    assert len(kept) == 2 * 6 * 2
