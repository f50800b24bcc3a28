"""A study in a few lines: tables for people."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dqsuite.cli.texts import plain
from dqsuite.core.escapes import line
from dqsuite.corruptions import CLEAN
from dqsuite.results.answer import METHOD, answer
from dqsuite.results.balanced import balanced_accuracy, balanced_change, macro_f1, uneven
from dqsuite.results.breaking import breaking
from dqsuite.results.copies import AS_GIVEN, is_own
from dqsuite.results.needed import needed
from dqsuite.results.study import Study
from dqsuite.results.warnings import warnings_of
from dqsuite.statistics.estimate import Interval

_WIDE = 110  # columns: below, an interval stands under its number


def show(study: Study, out: Console) -> None:
    """Print what a study measured: tables, which classes break first, and what its reader should know."""
    narrow = out.width < _WIDE
    for model in study.models:
        out.print(_accuracies(study, model, narrow=narrow))
        if uneven(study.predictions(model, study.conditions(model)[0])):
            out.print(_balanced(study, model, narrow=narrow))
        if (compared := _comparisons(study, model, narrow=narrow)).row_count:
            out.print(compared)
        if text := answer(breaking(study, model)):
            _say(out, f"{model}: {text} {METHOD}")
        if repeats := needed(study, model):
            _say(out, f"{model}: {repeats}")
    if is_own(study.card.name):
        _say(out, AS_GIVEN)
    for warning in warnings_of(study):
        _say(out, f"warning: {warning}")


def _say(out: Console, text: str) -> None:
    out.print(plain(text), soft_wrap=out.width >= _WIDE)


def _accuracies(study: Study, model: str, *, narrow: bool) -> Table:
    """Return accuracy and the three most hit classes, as far as they are beyond noise, of every condition."""
    title = f"{study.card.name}, {model}: test accuracy after the last epoch"
    shown = _table(title, "accuracy", "vs clean", narrow=narrow)
    shown.add_column("most hit classes (change in recall)")
    between = "\n" if narrow else ", "
    for condition in study.conditions(model):
        accuracy, change = study.accuracy(model, condition), study.accuracy_change(model, condition)
        hit = study.hit_in_words(model, condition, lambda lost: _difference(lost, narrow=narrow), between)
        versus = _difference(change, narrow=narrow) if condition != CLEAN else ""
        shown.add_row(
            plain(condition), _rate(accuracy, narrow=narrow), versus, Text("\n".join(map(line, hit.split("\n"))))
        )
    return shown


def _balanced(study: Study, model: str, *, narrow: bool) -> Table:
    """Return the rates in which every class counts the same."""
    title = "every class counting the same, for their numbers of test images differ"
    shown = _table(title, "balanced accuracy", "vs clean", "macro-F1", narrow=narrow)
    for condition in study.conditions(model):
        found = study.predictions(model, condition)
        versus = ""
        if condition != CLEAN and study.at(model, CLEAN):
            versus = _difference(balanced_change(found, study.predictions(model, CLEAN)).interval(), narrow=narrow)
        rates = [_rate(each(found).interval(), narrow=narrow) for each in (balanced_accuracy, macro_f1)]
        shown.add_row(plain(condition), rates[0], versus, rates[1])
    return shown


def _comparisons(study: Study, model: str, *, narrow: bool) -> Table:
    """Return the differences between conditions of the same level."""
    title = "different damage at the same level: difference of accuracy, in points"
    shown = _table(title, "difference", narrow=narrow)
    for one, other, found in compared(study, model):
        shown.add_row(plain(f"{one} minus {other}"), _difference(found, narrow=narrow))
    return shown


def compared(study: Study, model: str) -> Iterator[tuple[str, str, Interval]]:
    """Yield the pairs of conditions that do different things to the same amount, with their difference of accuracy."""
    for one, other in study.same_level(model):
        if found := study.accuracy_change(model, one, other):
            yield one, other, found


def _table(title: str, *numbers: str, narrow: bool) -> Table:
    shown = Table(title=plain(title), title_justify="left", box=box.SIMPLE_HEAD if narrow else box.HEAVY_HEAD)
    shown.add_column("condition", overflow="fold")
    for name in numbers:
        shown.add_column(name, justify="right", no_wrap=True)
    return shown


def _rate(found: Interval, *, narrow: bool) -> str:
    return _with_ends(f"{found.mean:.1%}", found, narrow=narrow)


def _difference(found: Interval | None, *, narrow: bool) -> str:
    return _with_ends(points(found.mean), found, signed=True, narrow=narrow) if found else ""


def _with_ends(text: str, found: Interval, *, signed: bool = False, narrow: bool = False) -> str:
    return f"{text}\n{interval(found, signed)}" if narrow else f"{text} ({interval(found, signed)})"


def points(fraction: float) -> str:
    """Return a difference in percentage points, ``-3.1``."""
    return f"{100 * fraction:+.1f}"


def interval(found: Interval, signed: bool = False) -> str:
    """Return ``65.9 to 66.9``, or why there is none."""
    if math.isnan(found.low):
        return "one repeat"
    form = "+.1f" if signed else ".1f"
    return f"{100 * found.low:{form}} to {100 * found.high:{form}}"
