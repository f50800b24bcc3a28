"""What the engines' tests have trained in place of models; workers import this module, and little else."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dqsuite.core.errors import DqError
from dqsuite.corruptions import Manifest
from dqsuite.engines.interface import follow, in_batches
from dqsuite.engines.pool import Pool
from dqsuite.engines.worker import Worker, tasks_of, untrained
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.outcome import CURVES, Outcome
from dqsuite.training import Trained

LATER = 60.0  # seconds, longer than any of these tests


def note(cell, dataset, device, watch):
    """Train nothing, but take a moment and leave a line in the file that `device` names."""
    with Path(device).open("a") as file:
        file.write(f"{cell}\n")
    time.sleep(0.05)
    watch(1, 1, 0.5)
    curves = {name: np.zeros(1, np.float32) for name in CURVES}
    none = np.zeros(len(dataset.y_test), np.uint8)
    counts = np.bincount(dataset.y_train)
    manifest = Manifest(np.diag(counts), counts, images_changed=0, steps=()).to_json()
    outcome = Outcome(cell, dataset.fingerprint, curves, none, none, manifest, "epochs", {"seconds": 0.05})
    return Trained(outcome, none.astype(np.float16))


def die_once(cell, dataset, device, watch):
    """Kill this very process in the first training of repeat 1, as the system does when memory runs out."""
    if cell.repeat == 1 and not Path(device + ".died").exists():
        Path(device + ".died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return note(cell, dataset, device, watch)


def die_always(cell, dataset, device, watch):
    if cell.repeat == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return note(cell, dataset, device, watch)


def die_on_first(cell, dataset, device, watch):
    os.kill(os.getpid(), signal.SIGKILL)


def die_on_one(cell, dataset, device, watch):
    if "reduce" in cell.corruption and cell.repeat == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return note(cell, dataset, device, watch)


def refuse(cell, dataset, device, watch):
    raise DqError("this cell cannot be trained", "name another")


def refuse_reduced(cell, dataset, device, watch):
    if "reduce" in cell.corruption:
        refuse(cell, dataset, device, watch)
    return note(cell, dataset, device, watch)


def slow(cell, dataset, device, watch):
    """Take a minute, in short steps, as training does."""
    for _ in range(6000):
        time.sleep(0.01)
    return note(cell, dataset, device, watch)


def break_down(cell, dataset, device, watch):
    raise ZeroDivisionError("a defect")


@dataclass(frozen=True)
class Job:
    """A plan, and a worker whose device is the file that `note` writes into."""

    plan: Plan
    worker: Worker

    @property
    def store(self):
        return self.worker.store

    @property
    def log(self):
        return Path(self.worker.device)

    @property
    def tasks(self):
        return tasks_of(in_batches(self.plan))

    def untrained(self):
        return untrained(self.store, self.plan)

    def only(self, condition):
        """Return the batches of the cells whose corruption has this in its text."""
        cells = tuple(cell for cell in self.plan.cells if condition in cell.corruption)
        return in_batches(replace(self.plan, cells=cells))


def trained(job):
    """Count how often each cell was trained."""
    return Counter(job.log.read_text().splitlines())


def pool(job, first=""):
    """Return a pool with a job's cells as those of others, in the plan's order but for those that are to be first."""
    return Pool(job.worker, [*(job.only(first) if first else ()), *in_batches(job.plan)])


def ignore(event):
    """Take no notice."""


def want(job, condition):
    """Wait for one condition, as a process of its own."""
    follow(pool(job), job.only(condition), ignore)
