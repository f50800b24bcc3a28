"""What ``dqsuite advise`` says of the labels: how wrong and which, and whether to clean them or to collect records."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

from dqsuite import datasets
from dqsuite.advice.audit import SIZE, drawn, read_sheet, write_sheet
from dqsuite.advice.course import Course
from dqsuite.advice.decision import Prices, decide
from dqsuite.advice.repair_words import sentences
from dqsuite.advice.repairs import REPEATS, Repairs, effort
from dqsuite.advice.suspects import write_audit_page, write_page, write_table
from dqsuite.cli.commands import say, trained_missing
from dqsuite.experiment.cells import Plan

_SPENT = 0.5  # of the price of looking at all labels again, where nothing says what there is to spend


@dataclass(frozen=True)
class Said:
    """The answers in sentences and as JSON's types, and how many cells were trained for them."""

    sentences: list[str]
    json: dict[str, Any]
    trained: int


def asked(options: Namespace) -> bool:
    """Tell whether the labels are asked about."""
    given = options.audit, options.suspects, options.spend, options.price_label, options.price_record
    return any(each is not None for each in given)


def trainings(options: Namespace) -> tuple[int, float]:
    """Return how many trainings the answers take at most, and as how many on all the records they weigh.

    Raises
    ------
    DqError
        The data cannot be read.
    """
    if not asked(options):
        return 0, 0.0
    dataset = datasets.load(options.dataset)
    return effort(len(dataset.y_train), len(dataset.y_test), options.repeats or REPEATS)


def sheet_to_fill(options: Namespace) -> str:
    """Write the sheet of an audit that is not there yet, with the pictures beside it; return what to do with it, or ''.

    Raises
    ------
    DqError
        The data cannot be read, or the files cannot be written.
    """
    path = Path(options.audit or "")
    if options.audit is None or path.exists():
        return ""
    dataset = datasets.load(options.dataset)
    page = path.with_suffix(".html")
    write_sheet(path, dataset)
    write_audit_page(page, dataset, drawn(dataset))
    count = min(SIZE, len(dataset.y_train))
    return f"{path} lists {count} records, {page} shows them: fill in the column true, and give the same command again"


def labels_said(options: Namespace, course: Course) -> Said:
    """Have what is missing trained, and answer.

    Raises
    ------
    DqError
        The audit is none of these data, cleanlab is not installed, or a price is none.
    """
    dataset = datasets.load(course.dataset)
    label, record = (1.0 if each is None else each for each in (options.price_label, options.price_record))
    spent = _SPENT * label * len(dataset.y_train) if options.spend is None else options.spend
    prices = Prices(spent, label, record)
    audit = read_sheet(Path(options.audit), dataset) if options.audit else None
    count = 0

    def train(plan: Plan) -> None:
        nonlocal count
        count += trained_missing(course.engine, plan)[1]

    repairs = Repairs(
        dataset,
        course.model,
        course.recipe,
        course.precision,
        course.worker.store,
        train,
        say,
        repeats=course.repeats or REPEATS,
        seed=course.seed,
    )
    labels = repairs.labels(audit)
    outlook = repairs.outlook(labels)
    decision = decide(outlook, prices, course.recipe)
    if options.suspects:
        folder = Path(options.suspects)
        write_table(folder / "suspects.csv", labels, dataset)
        write_page(folder / "suspects.html", labels, dataset)
    counted = not isnan(labels.cleanlab.rate)  # it does not where a class has no record
    facts = {
        "wrong": labels.rate._asdict(),
        "audited": labels.audited and {"checked": labels.rate.n, "worth": labels.audited.worth},
        "range": labels.range._asdict(),
        "cleanlab": {"wrong": labels.cleanlab.rate if counted else None, "suspects": len(labels.cleanlab.suspects)},
        "without_noise": outlook.without_noise().accuracy._asdict(),
        "decision": decision.to_json(),
    }
    return Said(sentences(outlook, decision), facts, count)
