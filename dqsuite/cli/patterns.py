"""What a pattern that a user typed means."""

from __future__ import annotations

from fnmatch import fnmatchcase

from dqsuite.core.grammar import parse_term


def is_model(model: str, pattern: str) -> bool:
    """Tell whether a pattern means a model: with its width, or whatever its width."""
    return fnmatchcase(model, pattern) or fnmatchcase(parse_term(model).name, pattern)
