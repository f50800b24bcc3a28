"""Lengths of time, as a user types them."""

from __future__ import annotations

import re

from dqsuite.core.errors import DqError

_UNITS = {"s": 1, "m": 60, "h": 3600}


def seconds_of(text: str) -> float:
    """Return the seconds of ``90s``, ``30m`` or ``8h``. Raises DqError where it is none such."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([smh])", text)
    if not found:
        raise DqError(f"the budget {text!r} is no duration", "write 90s, 30m or 8h")
    return float(found[1]) * _UNITS[found[2]]
