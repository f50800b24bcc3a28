"""The scales at which findings are judged: a name and a line each, the largest first.

A scale is one row here; what it trains and which findings it takes, each source says in its ``source.py``.
"""

from __future__ import annotations

import re

ABOUT = {
    "full": "the sources' own protocols: hours on a GPU",
    "medium": "narrower models, fewer records, shorter training: a day at most on two CPU cores",
    "quick": "what a pull request runs: minutes on two CPU cores",
}
LARGEST, SMALLEST = next(iter(ABOUT)), list(ABOUT)[-1]
CHOICES = " or ".join([", ".join(list(ABOUT)[:-1]), SMALLEST])


def named_in(expression: str) -> str:
    """Return the largest scale that an expression of pytest's marks names, by default the smallest.

    >>> named_in("medium and not thorough")
    'medium'
    """
    return next((name for name in ABOUT if re.search(rf"\b{name}\b", expression)), SMALLEST)
