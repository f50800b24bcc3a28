"""The scales at which findings are judged: a name and a line each, the largest first.

A scale is one row here; what it trains and which findings it takes, each source says in its ``source.py``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

ABOUT = {
    "full": "the sources' own protocols: hours on a GPU",
    "medium": "narrower models, fewer records, shorter training: a day at most on two CPU cores",
    "quick": "what a pull request runs: minutes on two CPU cores",
}
LARGEST, SMALLEST = next(iter(ABOUT)), list(ABOUT)[-1]
CHOICES = " or ".join([", ".join(list(ABOUT)[:-1]), SMALLEST])


def named_in(expression: str) -> str:
    """Return the largest scale that an expression of pytest's marks asks for, by default the smallest.

    >>> named_in("medium and not full")
    'medium'
    """
    try:
        asked = set(_asked_for(ast.parse(expression.strip(), mode="eval")))
    except SyntaxError:  # nothing, or what pytest refuses
        return SMALLEST
    return next((name for name in ABOUT if name in asked), SMALLEST)


def _asked_for(node: ast.AST, *, wanted: bool = True) -> Iterator[str]:
    """Yield the marks that speak for a test, rather than against it."""
    if isinstance(node, ast.Name) and wanted:
        yield node.id
    if isinstance(node, ast.UnaryOp):
        wanted = not wanted
    for child in ast.iter_child_nodes(node):
        yield from _asked_for(child, wanted=wanted)
