"""The answer that a study was made for, in words: which classes break first, and how surely."""

from __future__ import annotations

from collections.abc import Sequence

from dqsuite.results.breaking import Breaking, Loss

_NAMED = 4  # classes in a sentence
METHOD = "Intervals cover all classes and series of doses at once (95%): they are wider than those of one condition."


def answer(found: Breaking) -> str:
    """Return the answer for a model; empty where nothing was damaged or there is no baseline."""
    if not found.repeats:
        return ""
    if found.repeats == 1:
        return "One repeat cannot tell which classes break first."
    if not found.broken:
        return f"No class surely breaks. The largest loss of recall seen is that of {_where(found.unsure[0])}."
    first, count = found.broken[0], len(found.broken) + len(found.unsure)
    rivals = "Every other class may fall as much" if len(found.as_much) == count - 1 > 1 else _rivals(found.as_much)
    return (
        f"{first.name} breaks first: its recall falls by {_fall(first)} at {first.condition}. {rivals} there. "
        f"{len(found.broken)} of {count} classes surely lose recall somewhere."
    )


def _where(loss: Loss) -> str:
    return f"{loss.name} at {loss.condition}, {_fall(loss)}"


def _fall(loss: Loss) -> str:
    low, high = (-100 * end for end in (loss.change.high, loss.change.low))
    return f"{-100 * loss.change.mean:.1f} points ({low:.1f} to {high:.1f})"


def _rivals(names: Sequence[str]) -> str:
    if not names:
        return "No other class falls as much"
    if len(names) > _NAMED:
        return f"{len(names)} other classes may fall as much"
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"{listed} may fall as much"
