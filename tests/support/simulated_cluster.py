"""A cluster without nodes or training, for what the driver of one does: its jobs end as fast as they are heard of."""

from __future__ import annotations

import random
from collections import Counter, deque

import numpy as np

from dqsuite.core.errors import DqError
from dqsuite.corruptions import Manifest
from dqsuite.engines.dispatch import Ended, Record
from dqsuite.engines.interface import Failed, Started
from dqsuite.experiment.encoding import pack
from dqsuite.experiment.outcome import CURVES, Outcome


class Simulated:
    """Workers that train nothing.

    Parameters
    ----------
    count : int
        Of the workers.
    fate : function
        Takes the name of a cell and how often it was begun before; returns ``""``, ``killed``, ``lost``, ``lost later``
        (its record was on its way) or ``refused``.
    """

    def __init__(self, count, fate=lambda name, before: "", seed=0):
        self.count, self.fate = count, fate
        self.running, self.told, self.begun = deque(), deque(), Counter()
        self.most, self.jobs, self.closed = 0, 0, False
        self._rng = random.Random(seed)

    def slots(self):
        return self.count

    def begin(self, job, dataset):
        self.running.append((job, dataset))
        self.jobs += 1
        self.most = max(self.most, len(self.running))

    def cancel(self, jobs):
        self.told.extend((job, Ended("done")) for job, _ in self.running if job in jobs)
        self.running = deque(each for each in self.running if each[0] not in jobs)

    def hear(self, seconds):
        if not self.told and self.running:
            at = self._rng.randrange(min(len(self.running), self.count))
            self.running.rotate(-at)
            self.told.extend(self._run(*self.running.popleft()))
        while self.told:
            yield self.told.popleft()

    def _run(self, job, dataset):
        for name, cell in job.cells.items():
            fate = self.fate(name, self.begun[name])
            self.begun[name] += 1
            yield job, (name, Started(cell))
            if fate in ("killed", "lost"):
                yield job, Ended(fate)
                return
            if fate == "refused":
                yield job, (name, Failed(cell, DqError("it cannot be trained", "name another")))
                continue
            yield job, (name, record(cell, dataset))
            if fate == "lost later":
                yield job, Ended("lost")
                return
        yield job, Ended("done")

    def close(self):
        self.closed = True


def record(cell, dataset):
    """Return what a node would send of a cell, without having trained it."""
    curves = {name: np.zeros(1, np.float32) for name in CURVES}
    none = np.zeros(len(dataset.y_test), np.uint8)
    counts = np.bincount(dataset.y_train)
    manifest = Manifest(np.diag(counts), counts, images_changed=0, steps=()).to_json()
    outcome = Outcome(cell, dataset.fingerprint, curves, none, none, manifest, "epochs", {"seconds": 1.0})
    return Record(outcome.to_bytes(), pack({}, confidences=none.astype(np.float16)))
