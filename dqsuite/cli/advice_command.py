"""``dqsuite advise``: trains a designed plan, which it shows first, and says what to do about the data."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence

from rich.table import Column, Table

from dqsuite.advice.advice import Advice, advice_of
from dqsuite.advice.course import Course
from dqsuite.advice.plan import Design, carried_out
from dqsuite.advice.words import sentences
from dqsuite.cli.commands import out, report_path, say, trained
from dqsuite.cli.label_advice import Said, asked, labels_said, sheet_to_fill, trainings
from dqsuite.cli.progress import duration
from dqsuite.cli.texts import plain
from dqsuite.core.escapes import line
from dqsuite.core.hardware import resolve_device, training_precision
from dqsuite.corruptions.levels import expand
from dqsuite.engines.choice import processes_for
from dqsuite.engines.worker import Worker, require_fit
from dqsuite.experiment.recipes import recipe_named
from dqsuite.experiment.stores import open_store
from dqsuite.results.study import Study
from dqsuite.results.warnings import refuse_lost, warnings_of
from dqsuite.training import train


def advise(options: Namespace) -> None:
    """Show the plan with its time, train what is missing of it, and show the advice.

    Raises
    ------
    DqError
        The data are too few, the budget is too small, or what `run` would refuse.
    """
    from dqsuite.report import require_writable, write

    if todo := sheet_to_fill(options):
        say(todo)
        return
    labels_take = trainings(options)
    course = _course(options, labels_take[1])
    wanted = course.chosen(options.budget)
    plan = course.grid(wanted.known, wanted.repeats)
    for note in plan.notes:
        say(note)
    require_fit(course.worker, plan)
    _show_plan(course, wanted, labels_take, as_json=options.json)
    if options.plan:
        return
    path = require_writable(report_path(options.out, plan))
    count = 0

    def step(conditions: Sequence[str]) -> Study:
        nonlocal count
        study, newly = trained(course.engine, course.grid(conditions, wanted.repeats))
        count += newly
        return study

    study = carried_out(wanted, course.named, step)
    found = advice_of(study)
    labels = labels_said(options, course) if asked(options) else Said([], {}, 0)
    count += labels.trained
    write([study], path, [found])
    if options.json:
        print(
            json.dumps(
                found.as_json() | {"labels": labels.json, "trained": count, "report": str(path)}, allow_nan=False
            )
        )
    else:
        _show(study, found)
        for text in labels.sentences:
            out.print(plain(text), highlight=False)
        out.print(plain(f"{count} cells trained; report: {line(str(path))}"), soft_wrap=True)
    refuse_lost(study)


def _course(options: Namespace, reserved: float) -> Course:
    device = resolve_device(options.device)
    changed = {"epochs": options.epochs, "batch_size": options.batch_size}
    return Course(
        options.dataset,
        options.model,
        recipe_named(options.recipe).with_settings(**{key: value for key, value in changed.items() if value}),
        training_precision(options.precision, device),
        Worker(open_store(options.store), train, device),
        processes_for(device, options.workers),
        [chain for text in options.corrupt for chain in expand(text)],
        options.repeats,
        options.seed,
        reserved,
    )


def _show_plan(course: Course, wanted: Design, labels: tuple[int, float], *, as_json: bool) -> None:
    """Tell what will be trained and how long it takes; as a table where the result is one for people.

    The trainings for the labels are counted as if none were stored: their noise is known once the labels are.
    """
    more, weight = labels
    if not as_json:
        shown = Table(
            Column("for", overflow="fold"), Column("conditions", overflow="fold"), title="the plan of the advice"
        )
        for purpose, conditions in wanted.purposes():
            shown.add_row(plain(purpose), plain(conditions))
        if more:
            shown.add_row(
                "wrong labels; clean or collect",
                f"{more} trainings: folds, half the records, added noise, parts of the test set",
            )
        out.print(shown)
    missing, seconds = course.left(wanted)
    if more:
        seconds += weight * course.seconds_each(wanted) / course.workers
    rest = f"{duration(seconds)} with {course.workers} workers"
    rest = f"{missing + more} to train{' at most' if more else ''}, {rest}" if missing + more else "all stored"
    say(f"{wanted.cells + more} cells, {wanted.repeats} repeats of each condition; {rest}")


def _show(study: Study, found: Advice) -> None:
    for text in sentences(found):
        out.print(plain(text), highlight=False)
    for warning in warnings_of(study):
        out.print(plain(f"warning: {warning}"), highlight=False)
