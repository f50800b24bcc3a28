"""What is killed: the command line with a training that takes a moment, and whose bits are those of its cell alone.

As a program it is ``dqsuite``; `train` may take the place of the real one in other processes too.
"""

from __future__ import annotations

import sys
import time
import zlib

import numpy as np

from dqsuite.cli import commands, main
from dqsuite.corruptions import Manifest
from dqsuite.experiment.outcome import CURVES, Outcome
from dqsuite.training import Trained

EPOCHS, EPOCH_S = 8, 0.01


def train(cell, dataset, device, watch):
    """Take some epochs' time, and return what depends on nothing but the cell."""
    rng = np.random.default_rng(zlib.crc32(str(cell).encode()))
    k, images = len(dataset.classes), len(dataset.y_test)
    for epoch in range(EPOCHS):
        time.sleep(EPOCH_S)
        watch(epoch + 1, EPOCHS, 0.5)
    confidences = rng.random((images,)).astype(np.float16)
    last, best = (rng.integers(0, k, images, np.uint8) for _ in range(2))
    counts = np.bincount(dataset.y_train)
    outcome = Outcome(
        cell,
        dataset.fingerprint,
        {name: rng.random(EPOCHS).astype(np.float32) for name in CURVES},
        last,
        best,
        Manifest(np.diag(counts), counts, images_changed=0, steps=()).to_json(),
        "epochs",
        {"seconds": EPOCHS * EPOCH_S, "device": "none", "torch": "none", "dqsuite": "none"},
    )
    return Trained(outcome, confidences)


if __name__ == "__main__":
    import killable  # the workers know it by this name

    commands.train = killable.train
    commands.compiled.problem = lambda: ""  # nothing is to be compiled
    sys.exit(main(sys.argv[1:]))
