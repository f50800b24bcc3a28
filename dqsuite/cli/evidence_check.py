"""``dqsuite evidence check``: a random sample of a file's outcomes is trained again here, and held against the file."""

from __future__ import annotations

import contextlib
import sys
import time
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

import numpy as np
from rich.table import Column, Table

from dqsuite import datasets
from dqsuite.cli.commands import err, out, say, tell_of_the_compiler
from dqsuite.cli.patterns import is_model
from dqsuite.cli.progress import Progress
from dqsuite.cli.stopping import terminated_as_interrupted
from dqsuite.cli.texts import plain
from dqsuite.core.durations import seconds_of
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import resolve_device
from dqsuite.engines.choice import processes_for
from dqsuite.engines.interface import Batch, follow, in_batches
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import is_current
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.results.reproduced import Reproduced, accuracy, room
from dqsuite.training import train

_COLUMNS = ("cell", Column("file", justify="right"), Column("here", justify="right"), "the two")


def check(theirs: Store, ours: Store, options: Namespace) -> int:
    """Train a sample of one store's outcomes into another, and show how they compare.

    Returns
    -------
    int
        The exit code: 1 where an outcome is further off than the repeats of its condition are from each other.

    Raises
    ------
    DqError
        None of the outcomes can be trained here, or one that could fails to.
    """
    stored = [Outcome.from_bytes(theirs.get(OUTCOMES, name)) for name in sorted(theirs.list(OUTCOMES))]
    usable = _trainable(_asked(stored, options.only or ["*"]))
    drawn = np.random.default_rng(options.seed).permutation(len(usable))[: options.sample]
    sample = [usable[index] for index in sorted(drawn.tolist())]
    _train(sample, ours, options)
    made = ours.has_many(OUTCOMES, [outcome.key for outcome in sample])
    found = [
        Reproduced(each, Outcome.from_bytes(ours.get(OUTCOMES, each.key)), room(_repeats(stored, each), len(sample)))
        for each in sample
        if each.key in made
    ]
    if len(found) < len(sample):
        say(f"{len(sample) - len(found)} of {len(sample)} were not trained: the time budget is spent")
    if found:
        _show(found)
    return 1 if any(each.is_beyond for each in found) else 0


def _asked(stored: Sequence[Outcome], patterns: Sequence[str]) -> list[Outcome]:
    found = [each for each in stored if any(is_model(each.cell.model, pattern) for pattern in patterns)]
    if not found:
        models = ", ".join(sorted({each.cell.model for each in stored}))
        raise DqError(f"the file has no outcome of {', '.join(patterns)}", f"it has {models or 'none'}")
    return found


def _trainable(stored: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes that this version would measure in the same way, of data sets at hand; tell of others."""
    by_data: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for each in stored:
        if is_current(each.cell):
            by_data[each.cell.dataset, each.fingerprint].append(each)
    if others := len(stored) - sum(map(len, by_data.values())):
        say(f"{others} outcomes of another version of dqsuite are not checked")
    reasons = {key: _missing(*key) for key in by_data}
    for (dataset, _), reason in reasons.items():
        if reason:
            say(f"outcomes of {dataset} are not checked: {reason}")
    usable = [each for key, found in by_data.items() if not reasons[key] for each in found]
    if not usable:
        raise DqError("none of the outcomes can be trained here", "get a data set that they were trained on")
    return usable


def _missing(dataset: str, fingerprint: str) -> str:
    """Return why a data set is not at hand, nothing if it is."""
    try:
        found = datasets.identify(dataset).fingerprint
    except DqError as error:
        return str(error)
    return "" if found == fingerprint else "the data set here has another content"


def _train(sample: Sequence[Outcome], ours: Store, options: Namespace) -> None:
    deadline = time.time() + (seconds_of(options.budget) if options.budget else inf)
    device = resolve_device(options.device)
    worker = Worker(ours, train, device, deadline)
    batches = list(_batches(sample))
    tell_of_the_compiler(batches[0], device)
    work = {each.cell: float(each.provenance["seconds"]) for each in sample}
    with (
        terminated_as_interrupted(),
        Progress(err, len(sample), work) as progress,
        contextlib.redirect_stdout(sys.stderr),
    ):
        follow(Processes(worker, processes_for(device, options.workers)), batches, progress)


def _batches(sample: Sequence[Outcome]) -> Iterable[Batch]:
    for name, fingerprint in dict.fromkeys((each.cell.dataset, each.fingerprint) for each in sample):
        yield from in_batches(Plan(name, fingerprint, tuple(e.cell for e in sample if e.cell.dataset == name)))


def _repeats(stored: Sequence[Outcome], one: Outcome) -> list[Outcome]:
    """Return the repeats of an outcome's condition, itself among them."""
    return [
        each
        for each in stored
        if each.fingerprint == one.fingerprint and replace(each.cell, repeat=one.cell.repeat) == one.cell
    ]


def _show(found: Sequence[Reproduced]) -> None:
    shown = Table(*_COLUMNS)
    for each in found:
        accuracies = (f"{accuracy(outcome):.2%}" for outcome in (each.stored, each.again))
        shown.add_row(plain(str(each.stored.cell)), *accuracies, _told(each))
    out.print(shown)
    same = sum(each.is_same for each in found)
    text = f"{same} of {len(found)} are the same to the bit"
    if others := [each for each in found if not each.is_same]:
        beyond = sum(each.is_beyond for each in others)
        mean = 100 * float(np.mean([each.change for each in others]))
        text += f"; the other {len(others)} differ by {mean:+.2f} points on average, {beyond} beyond what repeats do"
    out.print(text, highlight=False, soft_wrap=True)


def _told(found: Reproduced) -> str:
    if found.is_same:
        return "the same to the bit"
    change = f"{100 * found.change:+.2f} points"
    if found.room is None:
        return f"{change}; of one repeat, no spread is known"
    return f"{change}, {'beyond' if found.is_beyond else 'within'} ±{100 * found.room:.2f}"
