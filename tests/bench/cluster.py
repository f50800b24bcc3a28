"""What the driver of a cluster costs: ``python tests/bench/cluster.py scale|overhead``.

``scale`` is a simulation and says so: so many cells of no work over so many simulated workers and a bucket in memory,
so that what is left is the driver's own time and memory, and its requests. ``overhead`` is not: cells that sleep, by a
real Ray of this machine and by local processes.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np

_PATHS = [str(Path(__file__).parents[1] / folder) for folder in ("support", "unit/engines", "bench")]
sys.path[:0] = _PATHS
os.environ["PYTHONPATH"] = os.pathsep.join([*_PATHS, os.environ.get("PYTHONPATH", "")])  # for the workers

import simulated_cluster  # noqa: E402 - after the path
import trainings  # noqa: E402 - after the path

from dqsuite.engines.dispatch import Dispatch  # noqa: E402 - after the path
from dqsuite.engines.interface import Finished, in_batches  # noqa: E402 - after the path
from dqsuite.engines.processes import Processes  # noqa: E402 - after the path
from dqsuite.engines.ray import ray_engine  # noqa: E402 - after the path
from dqsuite.engines.worker import Worker  # noqa: E402 - after the path
from dqsuite.experiment import bucket, objects  # noqa: E402 - after the path
from dqsuite.experiment.plan import plan_grid  # noqa: E402 - after the path
from dqsuite.experiment.recipes import RECIPES  # noqa: E402 - after the path
from dqsuite.experiment.store import Store  # noqa: E402 - after the path
from dqsuite.training import Trained  # noqa: E402 - after the path

_RECIPE = RECIPES["standard"].with_settings(epochs=1)


class Memory(objects.Objects):
    """A bucket in memory that counts what it is asked."""

    def __init__(self, url):
        self.url, self.asked, self._kept = url, Counter(), {}

    def require(self):
        """Find it there."""

    def create(self, path, data):
        self.asked["PUT"] += 1
        return self._kept.setdefault(path, data) is data

    def write(self, path, data):
        self.asked["PUT"] += 1
        self._kept[path] = data

    def read(self, path, most):
        self.asked["GET"] += 1
        return self._kept[path]

    def has(self, path):
        self.asked["HEAD"] += 1
        return path in self._kept

    def list(self, folder):
        found = [(path, len(data)) for path, data in self._kept.items() if path.startswith(f"{folder}/")]
        self.asked["LIST"] += 1 + len(found) // objects.PAGE
        return iter(found)

    def remove(self, path):
        self.asked["DELETE"] += 1
        self._kept.pop(path, None)


class Timed(simulated_cluster.Simulated):
    """A simulated cluster that knows how long it took itself: the nodes' part, not the driver's."""

    seconds = 0.0

    def _run(self, job, dataset):
        began = time.perf_counter()
        told = list(super()._run(job, dataset))
        self.seconds += time.perf_counter() - began
        return told


def scale(cells, workers):
    """Print what a driver takes for so many cells of no work."""
    bucket.Objects = Memory
    conditions = [f"wrong:{number / 1000:.3f}" for number in range(1, 100)]
    plan = plan_grid("digits", ["lenet"], conditions, recipe=_RECIPE, repeats=cells // 100, precision="fp32")
    batches = in_batches(plan)
    store = bucket.Bucket("s3://in-memory")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cluster, began = Timed(workers), time.perf_counter()
    with closing(Dispatch(Worker(store, None, "cpu"), cluster).train(batches)) as events:
        count = sum(isinstance(event, Finished) for event in events)
    took = time.perf_counter() - began - cluster.seconds
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    held = sum(map(len, store.objects._kept.values())) / 1024
    print(f"simulated: {count} cells of no work, {workers} workers, a bucket in memory")
    print(
        f"driver: {1000 * took / count:.2f} ms a cell; {(grown - held) / 1024:.0f} MB more at most, without the bucket"
    )
    asked = {kind: round(number / count, 2) for kind, number in store.objects.asked.items()}
    print(f"requests a cell: {sum(asked.values()):.2f} {asked}")


def second(cell, dataset, device, watch):
    """Take a second."""
    time.sleep(1.0)
    trained = simulated_cluster.record(cell, dataset)
    return Trained(trainings.Outcome.from_bytes(trained.outcome), np.zeros(len(dataset.y_test), np.float16))


def overhead(cells, workers):
    """Print how long one-second cells take by Ray and by processes, without the start of either."""
    plan = plan_grid("digits", ["lenet"], ["wrong:0.1"], recipe=_RECIPE, repeats=cells // 2, precision="fp32")
    for name, make in (("processes", Processes), ("ray", lambda worker, count: ray_engine(worker, "", count))):
        with tempfile.TemporaryDirectory() as folder:
            engine = make(Worker(Store(folder), second, "cpu"), workers)
            began, ends = time.perf_counter(), []
            for event in engine.train(in_batches(plan)):
                if isinstance(event, Finished):
                    ends.append(time.perf_counter() - began)
            steady = ends[-1] - ends[workers - 1]
            ideal = (len(ends) - workers) / workers
            over = 100 * (steady / ideal - 1)
            print(
                f"{name}: start {ends[0] - 1:.1f} s, then {steady:.1f} s for {ideal:.0f} s of sleep: {over:.1f}% over"
            )


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["scale", "overhead"])
    parser.add_argument("--cells", type=int)
    parser.add_argument("--workers", type=int)
    given = parser.parse_args()
    if given.what == "scale":
        scale(given.cells or 100_000, given.workers or 64)
    else:
        overhead(given.cells or 60, given.workers or 2)


if __name__ == "__main__":
    main()
