"""The scales at which findings are judged: a name and a line each, the largest first.

A scale is one row here; what it trains and which findings it takes, each source says in its ``source.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Set

ABOUT = {
    "full": "the sources' own protocols: hours on a GPU",
    "medium": "narrower models, fewer records, shorter training: a day at most on two CPU cores",
    "quick": "what a pull request runs: minutes on two CPU cores",
}
LARGEST, SMALLEST = next(iter(ABOUT)), list(ABOUT)[-1]
CHOICES = " or ".join([", ".join(list(ABOUT)[:-1]), SMALLEST])


def chosen_by(selects: Callable[[Set[str]], bool]) -> str:
    """Return the largest scale that a selection of tests by their marks names, by default the smallest.

    A selection names a scale where it takes tests for having the scale's mark: ``full``, ``medium and not slow``, but
    not ``quick or not full``, which takes those that have neither.

    Parameters
    ----------
    selects : callable
        Tells whether a test with these marks is taken; ``*`` stands for any mark that is not a scale's.

    Examples
    --------
    >>> chosen_by(lambda marks: "medium" in marks and "*" not in marks)
    'medium'
    """
    without: list[Set[str]] = [set(), {"*"}]
    return next(
        (name for name in ABOUT if any(selects({*other, name}) > selects(other) for other in without)), SMALLEST
    )
