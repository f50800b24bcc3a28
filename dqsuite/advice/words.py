"""An advice in sentences, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Sequence

from dqsuite.advice.advice import Advice
from dqsuite.advice.lookalikes import LookAlikes
from dqsuite.advice.sensitivity import Sensitivity
from dqsuite.advice.worth import MOST, Effective, Worth
from dqsuite.statistics.estimate import Interval

_LISTED = 4


def sentences(found: Advice) -> list[str]:
    """Return what an advice says, an answer a sentence or two."""
    told = [breaks_first(each) for each in found.sensitivities]
    if found.look_alikes:
        told.append(alike(found.look_alikes))
    if found.worth:
        told += [fit(found.worth), *([axis(found.worth)] if found.worth.damages else [])]
    reasons = dict.fromkeys(found.untold.values())
    return [*told, *(f"Cannot tell ({_of(found, why)}): {why}." for why in reasons)]


def _of(found: Advice, reason: str) -> str:
    return ", ".join(question for question, why in found.untold.items() if why == reason)


def breaks_first(found: Sensitivity) -> str:
    """Return which class is the most sensitive to a damage, or which may be."""
    top = found.classes[0]
    if found.first:
        return f"By {found.damage} {found.first} breaks first: it loses {_points(top.loss)} points of recall."
    if not top.loss.low > 0:
        why = "none surely loses recall; more repeats or test images would tell"
        return f"Cannot tell which class breaks first by {found.damage}: {why}."
    told = f"Cannot tell which class breaks first by {found.damage}: {listed(found.worst)} may, with 95% confidence"
    return f"{told}; {_would(found.repeats, 'the first two')}."


def alike(found: LookAlikes) -> str:
    """Return which pair is the most alike, or which may be."""
    top = found.pairs[0]
    if len(found.pairs) == 1:
        return (
            f"{_pair(top.names)}, the only pair tried: confusion {_plain(top.confusion)} of 1, which a coin would have."
        )
    if found.first:
        told = (
            f"Most alike are {_pair(found.first)}: look-alikeness {_plain(top.alikeness)} of 1, which a coin would have"
        )
        return f"{told}. Advice: {top.advice}, for {top.reason}."
    named = listed([_pair(pair) for pair in found.most_alike])
    return f"Cannot tell which pair is the most alike: {named} may be; {_would(found.repeats, 'the first two')}."


def fit(found: Worth) -> str:
    """Return what the learning curve says, and whether it fits."""
    curve = found.curve
    if found.flat:
        return (
            f"Cannot tell what damage is worth in data: all {curve.sizes[-1]:.0f} records are not surely better than "
            f"{curve.sizes[0]:.0f} ({_points(found.rise)} points more). More repeats or test images would tell."
        )
    bad = f" It fits badly: it misses by up to {100 * curve.misfit:.1f} points, which the intervals have room for."
    double = curve.predict(2 * curve.sizes[-1])
    told = f"Accuracy {_percent(curve.predict(curve.sizes[-1]))} with all {curve.sizes[-1]:.0f} records"
    return f"{told}; twice as many would give {_percent(double)}, by the curve.{bad if curve.bad_fit else ''}"


def axis(found: Worth) -> str:
    """Return the damages by what is left of the data."""
    return "In clean data: " + "; ".join(f"{each.condition} {fraction(each)}" for each in found.damages) + "."


def fraction(found: Effective) -> str:
    """Return an effective data fraction with its interval."""
    low, high = (f"over {MOST:.0%}" if end >= MOST else f"{end:.0%}" for end in found.fraction[1:3])
    beyond = ", extrapolated" if found.beyond else ""
    return f"{min(found.fraction.mean, MOST):.0%} ({low} to {high}{beyond})"


def listed(names: Sequence[str]) -> str:
    """Return some names, the first ones where there are many."""
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _would(repeats: int | None, what: str) -> str:
    return f"{repeats} repeats would tell {what}" if repeats else "more test images would tell, repeats would not"


def _pair(names: tuple[str, str]) -> str:
    return f"{names[0]} and {names[1]}"


def _points(found: Interval) -> str:
    return f"{100 * found.mean:.1f} ({100 * found.low:.1f} to {100 * found.high:.1f})"


def _percent(found: Interval) -> str:
    return f"{100 * found.mean:.1f}% ({100 * found.low:.1f} to {100 * found.high:.1f})"


def _plain(found: Interval) -> str:
    return f"{found.mean:.2f} ({found.low:.2f} to {found.high:.2f})"
