"""The one parameter of a model: ``;width=0.5``."""

from __future__ import annotations

import math

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term


def read_width(term: Term) -> float:
    """Return the multiplier of the channel and hidden counts, 1 where none is written.

    Raises
    ------
    DqError
        Another parameter is written, or the width is not a positive number.
    """
    unknown = [key for key, _ in term.params if key != "width"]
    if unknown:
        raise DqError(f"a model has no parameter {unknown[0]!r}", "the only one is ;width=NUMBER")
    text = term.get("width", "1")
    try:
        width = float(text)
    except ValueError:
        width = math.nan
    if not 0 < width < math.inf:
        raise DqError(f"width {text!r} of {term.name} is not a positive number", "write a number such as ;width=0.5")
    return width


def canonical_params(term: Term) -> tuple[tuple[str, str], ...]:
    """Return the term's parameters without width 1, which is what a model has anyway."""
    return tuple(param for param in term.params if param != ("width", "1"))
