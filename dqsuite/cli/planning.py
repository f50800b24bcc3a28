"""What a run would do, how long it would take, and what it would refuse."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence

from rich.table import Column, Table

from dqsuite.cli.commands import out, planned, say
from dqsuite.cli.progress import duration
from dqsuite.cli.texts import plain
from dqsuite.engines.timing import time_unknown
from dqsuite.engines.worker import Worker, require_fit, untrained
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.runtime import Costs
from dqsuite.results.reader import Reader


def plan(options: Namespace) -> None:
    """Show the cells by condition, how many are stored, and the time that the others will take.

    Raises
    ------
    DqError
        What `run` would refuse: damage that does not fit the data, a model that cannot be trained.
    """
    wanted, worker, count = planned(options)
    left = dataclasses.replace(wanted, cells=tuple(untrained(worker.store, wanted)))
    require_fit(worker, left)
    timed = time_unknown(worker, left)
    out.print(_stored(wanted, left.cells))
    time_left = f"{len(wanted.cells)} cells, {len(left.cells)} to train; {_told(worker, left, count, timed=timed)}"
    out.print(time_left, highlight=False, soft_wrap=True)


def _stored(wanted: Plan, missing: Sequence[Cell]) -> Table:
    total = Counter((cell.model, cell.corruption) for cell in wanted.cells)
    absent = Counter((cell.model, cell.corruption) for cell in missing)
    shown = Table(Column("model", overflow="fold"), Column("condition", overflow="fold"), "stored")
    for (model, condition), repeats in total.items():
        shown.add_row(plain(model), plain(condition), f"{repeats - absent[model, condition]} of {repeats}")
    return shown


def _told(worker: Worker, left: Plan, count: int, *, timed: bool) -> str:
    if not left.cells:
        return "nothing to do"
    card = Reader(worker.store, say).card(left.fingerprint)
    seconds = Costs(worker.store, worker.device).left(left, card, count)
    if seconds is None:
        return "the time is not known: the store cannot be written, and keeps no note of what was timed"
    how = "by a few steps timed just now" if timed else "as others took on this machine"
    return f"{duration(seconds)} with {count} workers on the {worker.device}, {how}"
