"""A driver whose cells train nothing and take a moment: ``python -m cluster_driver ADDRESS URL``."""

from __future__ import annotations

import sys
import time
from contextlib import closing

import numpy as np
import simulated_cluster

from dqsuite.core.errors import DqError
from dqsuite.engines.choice import engine_named
from dqsuite.engines.interface import Failed, Finished, in_batches
from dqsuite.engines.worker import Worker
from dqsuite.experiment import reservations
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.stores import open_store
from dqsuite.training import Trained

_RECIPE = RECIPES["standard"].with_settings(epochs=1)


def plan():
    """Return 16 cells."""
    return plan_grid("digits", ["lenet"], ["wrong:0.1"], recipe=_RECIPE, repeats=8, precision="fp32")


def short(cell, dataset, device, watch):
    """Take a moment; the outcome is always the same, to the bit."""
    time.sleep(0.5)
    watch(1, 1, 0.5)
    record = simulated_cluster.record(cell, dataset)
    return Trained(Outcome.from_bytes(record.outcome), np.zeros(len(dataset.y_test), np.float16))


def main(address, url):
    """Train what is missing, and name what is finished."""
    reservations.BEAT_S, reservations.STALE_S, reservations._LOOK_S = 1.0, 6.0, 0.5
    wanted, failed = plan(), 0
    try:
        engine = engine_named("ray", Worker(open_store(url), short, "cpu"), address=address)
        with closing(engine.train(in_batches(wanted))) as events:
            for event in events:
                failed += isinstance(event, Failed)
                if isinstance(event, Finished | Failed):
                    print(type(event).__name__, wanted.key(event.cell), getattr(event, "error", ""), flush=True)
    except DqError as error:
        print(f"dqsuite: {error}", file=sys.stderr)
        return 2
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
