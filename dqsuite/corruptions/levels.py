"""Several levels in one text: ``first:1000+wrong:0.1,0.2`` is two conditions."""

from __future__ import annotations

from itertools import product


def expand(text: str) -> list[str]:
    """Return the conditions that a text with comma-separated levels stands for."""
    terms = []
    for term in text.split("+"):
        head, *params = term.split(";")
        name, colon, levels = head.partition(":")
        terms.append([";".join([f"{name}{colon}{level.strip()}", *params]) for level in levels.split(",")])
    return ["+".join(chain) for chain in product(*terms)]
