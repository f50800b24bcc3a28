"""What each command does."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
import time
from argparse import Namespace
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dqsuite import corruptions, datasets, models
from dqsuite.cli.parser import conditions
from dqsuite.cli.progress import Progress, duration
from dqsuite.cli.summary import as_json, comparisons, table
from dqsuite.cli.texts import plain
from dqsuite.core.escapes import file_name, line
from dqsuite.core.hardware import cores, resolve_device, training_precision
from dqsuite.core.registry import Registry
from dqsuite.engines.interface import follow
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker, missing_batches, untrained
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.runtime import Costs
from dqsuite.experiment.store import Store
from dqsuite.results import study
from dqsuite.results.reader import Reader
from dqsuite.statistics.verdict import METHOD
from dqsuite.training import train
from dqsuite.training.kernels import compiled

if TYPE_CHECKING:
    from dqsuite.claims.evaluate import Judged

_OURS = "Cases of ours are judged, and do not decide the finding."
_PIPED_WIDTH = 160  # columns where there is no terminal to ask


def _console(stream: str) -> Console:
    known = getattr(sys, stream) is None or getattr(sys, stream).isatty() or os.environ.get("COLUMNS")
    return Console(stderr=stream == "stderr", width=None if known else _PIPED_WIDTH)


out, err = _console("stdout"), _console("stderr")


def say(text: str) -> None:
    """Tell the user something on the way, apart from the result."""
    err.print(f"dqsuite: {line(text)}", markup=False, highlight=False, soft_wrap=True)


def run(options: Namespace) -> None:
    """Train what is missing, show the table, write the report."""
    from dqsuite.report import require_writable, write

    began = time.monotonic()
    plan, worker, count = _planned(options)
    store = worker.store
    path = require_writable(_report_path(options.out, plan))
    study.load_study(store, plan, say)  # sets damaged outcomes aside before they are counted as there
    batches = missing_batches(worker, plan, Reader(store, say).card(plan.fingerprint))
    missing = sum(len(batch.cells) for batch in batches)
    if missing:
        tell_of_the_compiler(plan, worker.device)
        with Progress(err, missing) as progress, contextlib.redirect_stdout(sys.stderr):
            follow(Processes(worker, count), batches, progress)
    found = study.load_study(store, plan, say)
    assert found is not None  # the engine has stored every cell or raised
    write([found], path)
    if options.json:
        print(json.dumps(as_json(found) | {"trained": missing, "report": str(path)}))
        return
    out.print(table(found))
    if compared := comparisons(found):
        out.print(compared)
    out.print(
        f"{missing} cells trained, {len(plan.cells) - missing} taken from the store, "
        f"in {duration(time.monotonic() - began).removeprefix('about ')}; report: {line(str(path))}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def plan(options: Namespace) -> None:
    """Show the cells by condition, how many are stored, and the time that the others will take."""
    planned, worker, count = _planned(options)
    missing = untrained(worker.store, planned)
    total = Counter((cell.model, cell.corruption) for cell in planned.cells)
    absent = Counter((cell.model, cell.corruption) for cell in missing)
    shown = Table("model", "condition", "stored")
    for (model, condition), repeats in total.items():
        shown.add_row(plain(model), plain(condition), f"{repeats - absent[model, condition]} of {repeats}")
    out.print(shown)
    card = Reader(worker.store, say).card(planned.fingerprint)
    left = dataclasses.replace(planned, cells=tuple(missing))
    seconds = Costs(worker.store, worker.device).left(left, card, count)
    time_left = "the time is not known: this machine has trained none like it into this store yet"
    if seconds is not None:
        time_left = f"{duration(seconds)} with {count} workers on the {worker.device}, as others took on this machine"
    out.print(
        f"{len(planned.cells)} cells, {len(missing)} to train; {time_left if missing else 'nothing to do'}",
        highlight=False,
        soft_wrap=True,
    )


def report(options: Namespace) -> int:
    """Draw the report of a whole store; neither data nor torch is needed.

    Returns
    -------
    int
        The exit code: 1 where a finding that held in what it was compared with is now refuted.
    """
    from dqsuite.claims.scales import SCALES
    from dqsuite.report.store_report import draw_store

    SCALES[options.scale]  # raises what the user reads where there is none such
    target = Path(options.out)
    path = target / "index.html" if _is_folder(options.out) else target
    other, figures = (Path(text) if text else None for text in (options.compare, options.figures))
    reader = Reader(Store(options.store), say, options.precision)
    page = draw_store(reader, path, options.scale, other=other, figures=figures)
    out.print(plain(str(path)), soft_wrap=True)
    if not other:
        return 0
    for change in page.broken:
        say(f"{change.after.claim} {change.after.case} held in {other}, and is now {change.after.verdict.describe()}")
    return 1 if page.broken else 0


def claims(options: Namespace) -> None:
    """List the findings, or the cases of those that are named, each with what the store says of it."""
    from dqsuite.claims import CLAIMS, verdict_files
    from dqsuite.claims.cache import cached_verdicts
    from dqsuite.claims.evaluate import Evaluator
    from dqsuite.claims.scales import SCALES
    from dqsuite.claims.source import SOURCES
    from dqsuite.cli import power

    SCALES[options.scale]
    wanted = [CLAIMS[identity] for identity in options.ids] or list(CLAIMS.values())
    for problem in SOURCES.usable()[1]:
        say(str(problem))
    if options.power:
        evaluator = Evaluator(Reader(Store(options.store), say, options.precision), options.scale)
        power.show(evaluator, wanted, out, say, as_json=options.json)
        return
    judged = cached_verdicts(Store(options.store), options.scale, options.precision, say)
    cases = [(claim, [each for each in judged if each.claim == claim.id]) for claim in wanted]
    if options.json:
        print(json.dumps(verdict_files.to_json(options.scale, [each for _, found in cases for each in found])))
        return
    columns = ("claim", "case", "verdict", "precision") if options.ids else ("claim", "verdict", "finding")
    shown = Table(*columns, title=plain(f"published findings at scale {options.scale}"))
    for claim, found in cases:
        rows = [[claim.id, _case(each), each.verdict.describe(), each.precision] for each in found]
        if not options.ids:
            verdict = claim.verdict({each.case: each.verdict for each in found})
            rows = [[claim.id, f"{verdict.status.value}{f': {verdict.note}' if len(found) > 1 else ''}", claim.finding]]
        for row in rows:
            shown.add_row(*map(plain, row))
    out.print(shown)
    if options.ids:
        out.print(METHOD, highlight=False, soft_wrap=True)
    if options.ids and any(each.ours for _, found in cases for each in found):
        out.print(_OURS, highlight=False, soft_wrap=True)


def _case(judged: Judged) -> str:
    return f"{judged.case} (ours)" if judged.ours else judged.case


def listing(options: Namespace) -> None:
    """List a registry: name and one line about each, and what another package brings and cannot be used."""
    registries: dict[str, Registry[Any]] = {
        "datasets": datasets.DATASETS,
        "corruptions": corruptions.CORRUPTIONS,
        "models": models.MODELS,
        "recipes": RECIPES,
    }
    found, problems = registries[options.what].usable()
    about = {entry.usage(name) if options.what == "corruptions" else name: entry.about for name, entry in found.items()}
    width = max(map(len, about))
    for name, told in about.items():
        out.print(f"[bold]{escape(f'{name:<{width}}')}[/]  {escape(line(told))}", highlight=False, soft_wrap=True)
    for problem in problems:
        say(str(problem))


def tell_of_the_compiler(planned: Plan, device: str) -> None:
    """Say it where torch's layers are used for want of ours; they are compiled now, before there are many workers."""
    if device == "cpu" and planned.cells[0].precision == "fp32" and (problem := compiled.problem()):
        say(f"all layers are torch's, and small networks train about half as fast: {problem}")


def _planned(options: Namespace) -> tuple[Plan, Worker, int]:
    """Return the plan that the options ask for, what trains it, and the number of workers."""
    changed = {"epochs": options.epochs, "batch_size": options.batch_size}
    device = resolve_device(options.device)
    plan = plan_grid(
        options.dataset,
        options.model or ["lenet"],
        conditions(options.corrupt),
        recipe=RECIPES[options.recipe].with_settings(**{key: value for key, value in changed.items() if value}),
        repeats=options.repeats,
        precision=training_precision(options.precision, device),
    )
    count = options.workers or (cores() if device == "cpu" else 1)
    return plan, Worker(Store(options.store), train, device), count


def _report_path(target: str, planned: Plan) -> Path:
    if not _is_folder(target):
        return Path(target)
    names = dict.fromkeys([planned.cells[0].dataset, *(cell.model for cell in planned.cells)])
    return Path(target) / f"{file_name('-'.join(names))}.html"


def _is_folder(target: str) -> bool:
    return target.endswith("/") or os.path.isdir(target)  # noqa: PTH112 - Path's raises where a name is too long
