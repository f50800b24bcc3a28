"""Kills at random moments: nothing is lost, corrupt or different, and nothing is left behind after the sweep.

``DQSUITE_KILLS`` says how many, 100 by default, shared out over the tests; see what they found with ``-s``.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from one_finding import FILE, TINY

from dqsuite.engines.leases import Leases
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import CARDS, CONFIDENCES, OUTCOMES, Store

KILLS = int(os.environ.get("DQSUITE_KILLS", "100"))
SUPPORT = Path(__file__).parents[1] / "support"
GONE_S = 20.0  # on a busy machine, for those that had hardly begun: they import first, and look then
KILL_S = 3.0  # for one, its share of starts and ends included


@dataclass
class Loop:
    """A store that processes are killed on, and what was found after each kill."""

    folder: Path
    command: list[str]
    kept: dict[str, bytes] = field(default_factory=dict)
    kills: int = 0
    slowest: float = 0.0
    codes: tuple[int, ...] = (0,)

    @property
    def store(self) -> Store:
        return Store(self.folder / "store")

    def start(self) -> subprocess.Popen[str]:
        paths = os.pathsep.join([str(SUPPORT), os.environ.get("PYTHONPATH", "")])
        return subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait(self, process: subprocess.Popen[str], rng: random.Random, cells: int) -> None:
        """Wait for a moment: some time from the start, or from when some more cells are stored."""
        wanted = rng.randrange(len(self.kept), cells)
        while wanted > len(self.kept) and process.poll() is None and len(list(self.store.list(OUTCOMES))) < wanted:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.3 if wanted > len(self.kept) else 3))

    def kill(self, process: subprocess.Popen[str], number: int, how=os.kill, target: int | None = None) -> None:
        """Send a signal, and wait until the process and all of its session are gone."""
        if process.poll() is None:
            self.kills += 1
            how(target or process.pid, number)
        if target is None:
            self.end(process)

    def end(self, process: subprocess.Popen[str]) -> str:
        """Wait until a process and all of its session are gone, and look at the store."""
        said, _ = process.communicate(timeout=300)
        began = time.monotonic()
        while alive := members(process.pid):
            assert time.monotonic() - began < GONE_S, alive
            time.sleep(0.01)
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.look()
        return said

    def look(self) -> None:
        """Make sure that what was stored is there as it was, and that all that is there is whole."""
        store = self.store
        found = {name: store.get(OUTCOMES, name) for name in store.list(OUTCOMES)}
        assert {name: found.get(name) for name in self.kept} == self.kept
        for name in found.keys() - self.kept.keys():
            assert Outcome.from_bytes(found[name]).key == name
        self.kept = found

    def finish(self, undisturbed: Loop) -> None:
        """Let a run come to its end, and compare its store with one that nobody disturbed."""
        process = self.start()
        said = self.end(process)
        assert process.returncode in self.codes, said
        assert contents(self.store) == contents(undisturbed.store)
        assert sorted(self.store.list(CONFIDENCES)) == sorted(self.store.list(OUTCOMES))
        Leases(self.store).sweep()
        assert left_behind(self.store) == []
        assert not (self.store.root / "damaged").exists()
        print(f"{self.kills} kills, {len(self.kept)} outcomes; the last process was gone after {self.slowest:.2f} s")


def members(session: int) -> list[str]:
    """Return the living processes of a session."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, *numbers = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(numbers[2]) == session and state != "Z":
            found.append(path.parent.name)
    return found


def children(process: int) -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def contents(store: Store) -> dict[str, object]:
    """Return the bits of a store's records, apart from how long they took and when."""
    found: dict[str, object] = {
        f"{kind}/{name}": store.get(kind, name) for kind in (CARDS, CONFIDENCES) for name in store.list(kind)
    }
    for name in store.list(OUTCOMES):
        outcome = Outcome.from_bytes(store.get(OUTCOMES, name))
        arrays = [outcome.last, outcome.best, *outcome.curves.values()]
        found[name] = [str(outcome.cell), [array.tobytes() for array in arrays], json.dumps(dict(outcome.manifest))]
    return found


def left_behind(store: Store) -> list[str]:
    paths = [path for path in store.root.rglob("*") if path.is_file()]
    return [str(path) for path in paths if path.parent.name == "scratch" or "-dqsuite-" in path.name]


@dataclass
class Share:
    """A part of the kills, in at most the time that two busy cores have for it."""

    kills: int
    deadline: float

    @classmethod
    def of(cls, part: float) -> Share:
        kills = max(2, round(KILLS * part))
        return cls(kills, time.monotonic() + kills * KILL_S)

    def __iter__(self):
        for number in range(self.kills):
            if number < 2 or time.monotonic() < self.deadline:
                yield number


RUN = ("--corrupt", "shuffle:0.1,0.2", "--repeats", "4", "--store", "store", "--dataset", "npz:data.npz", "--json")
CELLS = 12


@pytest.fixture(scope="module")
def loops(tmp_path_factory):
    """Return a way to make a loop of a run, and one that is never disturbed."""

    def make(name: str, *options: str) -> Loop:
        folder = tmp_path_factory.mktemp(name)
        labels = np.arange(60) % 3
        images = np.zeros((60, 8, 8), np.uint8) + labels[:, None, None].astype(np.uint8)
        np.savez(folder / "data.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
        return Loop(folder, [sys.executable, str(SUPPORT / "killable.py"), "run", *RUN, *options])

    undisturbed = make("undisturbed", "--workers", "2")
    assert trained(undisturbed.end(undisturbed.start())) == CELLS
    return make, undisturbed


def trained(said: str) -> int:
    """Return how many cells a run says that it has trained."""
    number: int = json.loads(said.splitlines()[-1])["trained"]
    return number


WAYS = {
    "SIGKILL": (0.26, signal.SIGKILL, os.kill, "2"),
    "SIGKILL of the group": (0.1, signal.SIGKILL, os.killpg, "2"),
    "SIGKILL of one that trains by itself": (0.1, signal.SIGKILL, os.kill, "1"),
    "SIGTERM": (0.1, signal.SIGTERM, os.kill, "2"),
    "SIGTERM of the group": (0.06, signal.SIGTERM, os.killpg, "2"),
    "Ctrl-C": (0.1, signal.SIGINT, os.killpg, "2"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_run_that_is_killed_again_and_again(loops, way):
    make, undisturbed = loops
    part, number, how, workers = WAYS[way]
    rng, loop = random.Random(way), make("killed", "--workers", workers)
    for _ in Share.of(part):
        process = loop.start()
        loop.wait(process, rng, CELLS)
        loop.kill(process, number, how)
        if len(loop.kept) == CELLS:
            loop.finish(undisturbed)
            loop = make("killed", "--workers", workers)
    loop.finish(undisturbed)


def test_one_of_two_runs_on_a_store_is_killed(loops):
    make, undisturbed = loops
    rng = random.Random("two")
    for _ in Share.of(0.14):
        loop = make("two", "--workers", "1")
        one, other = loop.start(), loop.start()
        loop.wait(one, rng, CELLS)
        loop.kill(one, signal.SIGKILL)
        said = loop.end(other)
        assert other.returncode == 0, said
        assert len(loop.kept) == CELLS
        assert trained(said) <= CELLS
        loop.finish(undisturbed)


def test_two_runs_on_a_store_count_what_each_has_trained(loops):
    make, undisturbed = loops
    loop = make("both", "--workers", "1")
    said = [loop.end(process) for process in [loop.start(), loop.start()]]
    assert sum(map(trained, said)) == CELLS
    loop.finish(undisturbed)


PYTEST = ("-p", "no:cacheprovider", "-m", "full", "-k", "lenet and not googlenet", "--dq-store", "store")
KILLABLE = """
import killable
from dqsuite.claims import runner

runner.train = killable.train
"""


def session(folder: Path) -> Loop:
    """Return a loop of a session of pytest with two workers."""
    folder.mkdir()
    (folder / "test_it.py").write_text(FILE)
    (folder / "conftest.py").write_text(TINY + KILLABLE)
    return Loop(folder, [sys.executable, "-m", "pytest", *PYTEST, "--dq-device", "cpu", "-n", "2"], codes=(0, 1))


def test_pytest_is_killed_again_and_again(tmp_path):
    undisturbed = session(tmp_path / "undisturbed")
    undisturbed.end(undisturbed.start())
    cells = len(undisturbed.kept)
    assert cells == 24
    ways = [
        (os.kill, signal.SIGKILL),
        (os.kill, signal.SIGTERM),
        (os.killpg, signal.SIGKILL),
        (os.killpg, signal.SIGINT),
    ]
    rng, loop = random.Random("pytest"), session(tmp_path / "killed-0")
    for number in Share.of(0.14):
        process = loop.start()
        loop.wait(process, rng, cells)
        workers = children(process.pid)
        if number % 3 == 0 and workers:
            loop.kill(process, signal.SIGKILL, target=rng.choice(workers))
            loop.end(process)
        else:
            how, signal_ = rng.choice(ways)
            loop.kill(process, signal_, how)
        if len(loop.kept) == cells:
            loop.finish(undisturbed)
            loop = session(tmp_path / f"killed-{number + 1}")
    loop.finish(undisturbed)
