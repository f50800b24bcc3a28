"""What each command does."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table

from dqsuite.cli import demands, saved
from dqsuite.cli.json_summary import as_json
from dqsuite.cli.parser import conditions
from dqsuite.cli.progress import Progress, duration
from dqsuite.cli.stopping import terminated_as_interrupted
from dqsuite.cli.summary import show
from dqsuite.cli.texts import plain
from dqsuite.core import scales
from dqsuite.core.escapes import file_name, line
from dqsuite.core.hardware import cores, training_precision
from dqsuite.corruptions import CLEAN
from dqsuite.engines.choice import device_for, engine_named, processes_for, require_engine
from dqsuite.engines.dispatch import Dispatch
from dqsuite.engines.interface import follow
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker, missing_batches
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import recipe_named
from dqsuite.experiment.stores import open_store
from dqsuite.results.copies import copies_in, look_for_copies
from dqsuite.results.loading import load_study
from dqsuite.results.reader import Reader
from dqsuite.results.study import Study
from dqsuite.results.warnings import refuse_lost
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


def run(options: Namespace) -> int:
    """Train what is missing, show the table, write the report, and judge what ``--fail-if`` names.

    Returns
    -------
    int
        The exit code, see `demands.code` and `saved.code`.

    Raises
    ------
    DqError
        At the end, when all is shown: a loss was not a number.
    """
    from dqsuite.report import require_writable, write

    began = time.monotonic()
    plan, worker, _ = planned(options)
    store, wanted = worker.store, demands.read(options.fail_if or (), plan)
    saved.require_name(options.save)
    before = saved.earlier(store, options.compare, plan, say) if options.compare else None
    path = require_writable(report_path(options.out, plan))
    engine = engine_named(options.engine, worker, options.workers or 0, options.address)
    found, newly = trained(engine, plan)
    write([found], path)
    judged = demands.judged(wanted, found)
    moved = saved.moved(found, before) if before else []
    saved.save(store, plan, options.save)
    if options.json:
        more = {"trained": newly, "report": str(path)}
        more |= {"demands": demands.as_json(judged)} if wanted else {}
        more |= {"changes": saved.as_json(moved)} if before else {}
        print(json.dumps(as_json(found) | more))
    else:
        show(found, out)
        took = duration(time.monotonic() - began).removeprefix("about ")
        stored = len(plan.cells) - newly
        _say_whole(f"{newly} cells trained, {stored} taken from the store, in {took}; report: {line(str(path))}")
        for each in judged:
            _say_whole(each.describe())
        if before:
            out.print(saved.table(moved, options.compare))
    refuse_lost(found)
    return saved.code(moved) or demands.code(judged)


def trained(engine: Processes | Dispatch, plan: Plan) -> tuple[Study, int]:
    """Train what is missing of a plan, and return the study with how many cells this run has trained of it."""
    store = engine.worker.store
    before = load_study(store, plan, say)  # sets damaged outcomes aside before they are counted as there
    missing, newly = trained_missing(engine, plan)
    look_for_copies(store, plan)
    if before and not missing:
        return replace(before, copies=copies_in(store, plan.fingerprint)), 0
    found = load_study(store, plan, say)
    assert found is not None  # the engine has stored every cell or raised
    return found, newly


def trained_missing(engine: Processes | Dispatch, plan: Plan) -> tuple[int, int]:
    """Train what is missing of a plan; return how many cells that were, and how many of them this run has trained.

    Another run on the store may have trained the others.
    """
    worker = engine.worker
    batches = missing_batches(worker, plan, Reader(worker.store, say).card(plan.fingerprint))
    missing = sum(len(batch.cells) for batch in batches)
    if not missing:
        return 0, 0
    tell_of_the_compiler(plan, worker.device)
    with terminated_as_interrupted(), Progress(err, missing) as progress, contextlib.redirect_stdout(sys.stderr):
        follow(engine, batches, progress)
    return missing, progress.done


def _say_whole(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)


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
    other, figures = options.compare, Path(options.figures) if options.figures else None
    reader = Reader(open_store(options.store), say, options.precision, cores())
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
        evaluator = Evaluator(Reader(open_store(options.store), say, options.precision), options.scale)
        form = "json" if options.json else "markdown" if options.markdown else ""
        power.show(evaluator, wanted, out, say, form)
        return
    if options.markdown:
        _print_page(options)
        return
    judged = cached_verdicts(open_store(options.store), options.scale, options.precision, say)
    cases = [(claim, [each for each in judged if each.claim == claim.id]) for claim in wanted]
    if options.json:
        print(json.dumps(verdict_files.to_json(options.scale, [each for _, found in cases for each in found])))
        return
    columns = ("claim", "case", "verdict", "precision") if options.ids else ("claim", "verdict", "finding")
    headers = (Column(name, overflow="fold") for name in columns)
    shown = Table(*headers, title=plain(f"published findings at scale {options.scale}"))
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


def _print_page(options: Namespace) -> None:
    """Print all findings at all scales as a page of Markdown."""
    from dqsuite.claims import refutations
    from dqsuite.claims.cache import cached_verdicts
    from dqsuite.report.findings_page import findings_page

    store = open_store(options.store)
    judged = {scale: cached_verdicts(store, scale, options.precision, say) for scale in scales.ABOUT}
    print(findings_page(judged, refutations.read(refutations.FILE)), end="")


def _case(judged: Judged) -> str:
    return f"{judged.case} (ours)" if judged.ours else judged.case


def tell_of_the_compiler(planned: Plan, device: str) -> None:
    """Say it where torch's layers are used for want of ours; they are compiled now, before there are many workers."""
    if device == "cpu" and planned.cells[0].precision == "fp32" and (problem := compiled.problem()):
        say(f"all layers are torch's, and small networks train about half as fast: {problem}")


def planned(options: Namespace) -> tuple[Plan, Worker, int]:
    """Return the plan that the options ask for, what trains it, and the number of workers."""
    require_engine(options.engine, options.address)
    device = device_for(options.engine, options.device)
    plan = plan_grid(
        options.dataset,
        options.model or ["lenet"],
        conditions(options.corrupt),
        recipe=recipe_named(options.recipe).with_settings(**_settings(options)),
        repeats=options.repeats,
        seed=options.seed,
        precision=training_precision(options.precision, device),
    )
    for note in plan.notes:
        say(note)
    count = processes_for(device, options.workers)
    return plan, Worker(open_store(options.store), train, device), count


def _settings(options: Namespace) -> dict[str, int | str]:
    """Return the settings that take the place of the recipe's."""
    given = {"epochs": options.epochs, "batch_size": options.batch_size}
    found: dict[str, int | str] = {key: value for key, value in given.items() if value}
    if options.updates is not None:
        found["counted"] = CLEAN
    if options.updates:
        found = {"epochs": 0, "updates": options.updates} | found
    return found


def report_path(target: str, planned: Plan) -> Path:
    """Return where the report of a grid goes: the target, or a file in it that is named by the grid."""
    if not _is_folder(target):
        return Path(target)
    names = dict.fromkeys([planned.cells[0].dataset, *(cell.model for cell in planned.cells)])
    return Path(target) / f"{file_name('-'.join(names))}-{_digest(planned)}.html"


def _digest(planned: Plan) -> str:
    """Return what tells a grid from others of the same data set and models; more repeats of it keep its name."""
    parts = {(cell.corruption, repr(cell.recipe), cell.precision) for cell in planned.cells}
    return hashlib.sha256(repr(sorted(parts)).encode()).hexdigest()[:6]


def _is_folder(target: str) -> bool:
    return target.endswith("/") or os.path.isdir(target)  # noqa: PTH112 - Path's raises where a name is too long
