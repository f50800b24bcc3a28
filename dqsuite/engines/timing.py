"""A few steps of training, timed, where nothing like a cell was ever trained here."""

from __future__ import annotations

from dataclasses import replace

from dqsuite import datasets
from dqsuite.corruptions import Chain
from dqsuite.engines.worker import Worker
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.runtime import Costs
from dqsuite.training import seconds_per_image


def time_unknown(worker: Worker, left: Plan) -> bool:
    """Time a few steps of each model whose like was never trained here; return whether there was one."""
    costs = Costs(worker.store, worker.device)
    known = costs.seconds(left, None)
    unknown = {cell.model: cell for cell in left.cells if cell not in known}
    for cell in unknown.values():
        clean = replace(cell, condition=Chain())
        costs.note_rate(cell, seconds_per_image(clean, datasets.load(left.dataset), worker.device))
    return bool(unknown)
