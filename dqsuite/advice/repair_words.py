"""The labels, and clean or collect, in sentences."""

from __future__ import annotations

from dqsuite.advice.decision import COLLECT, UNTOLD, Choice, Decision
from dqsuite.advice.labels import WrongLabels
from dqsuite.advice.outlook import Outlook
from dqsuite.charts.numbers import ends, percent, points
from dqsuite.statistics.estimate import Interval


def about_labels(labels: WrongLabels) -> list[str]:
    """Return how wrong the labels are, and how that is known."""
    theirs = labels.cleanlab
    rate = f"{percent(labels.rate.mean)} of the labels are wrong ({ends(labels.rate, percent)})"
    if labels.audited:
        checked, worth = labels.rate.n, round(labels.audited.worth)
        known = f"{rate}: {labels.audited.audit.wrong} of {checked} checked records"
        more = f", which with what the model says of all tell as much as {worth:,}" if worth > checked else ""
        known += f"{more}."
    else:
        known = (
            f"Between {percent(labels.range.low)} and {percent(labels.range.high)} of the labels are wrong. That is a "
            "range, which takes the test set's labels as right: nobody has checked a sample (--audit)."
        )
    return [known, f"cleanlab calls {len(theirs.suspects)} labels suspect, and estimates {percent(theirs.rate)} wrong."]


def sentences(outlook: Outlook, found: Decision) -> list[str]:
    """Return both answers."""
    cleaned = outlook.without_noise()
    return [
        *about_labels(outlook.labels),
        f"With all labels right, an accuracy of {_with_ends(cleaned.accuracy)}, {_gain(cleaned.gain)}.",
        f"To relabel the {found.clean.relabelled:,} most suspect: {_gain(found.clean.gain)}.",
        f"To collect {found.collect.collected:,} more records, labelled as these are: {_gain(found.collect.gain)}.",
        _advice(found),
        *_about_left_over(found),
    ]


def _about_left_over(found: Decision) -> list[str]:
    """Return why fewer records are to be collected than the budget buys, where they are."""
    if not (left := max(found.collect.left_over, found.best.left_over)):
        return []
    return [f"Up to {left} more would be the last batch of each epoch, whose update is mostly noise: leave them out."]


def _advice(found: Decision) -> str:
    if found.verdict == UNTOLD:
        more = f" about {found.evidence} times as many repeats and checked records would." if found.evidence else ""
        best = f"The mix that promises most: {_done(found.best)}"
        return f"Which of the two is the better cannot be told;{more or ' more evidence would hardly tell.'} {best}."
    word = "Collect" if found.verdict == COLLECT else "Clean"
    return f"{word}: it gains {points(abs(found.difference.mean))} more. Best: {_done(found.best)}."


def _done(choice: Choice) -> str:
    did = f"relabel {choice.relabelled:,} and collect {choice.collected:,}"
    return f"{did}, for {choice.cost:,.0f}: {_gain(choice.gain)}"


def _gain(gain: Interval) -> str:
    return f"{points(gain.mean)} points ({ends(gain, points)})"


def _with_ends(accuracy: Interval) -> str:
    return f"{percent(accuracy.mean)} ({ends(accuracy, percent)})"
