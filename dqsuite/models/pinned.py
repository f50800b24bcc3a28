"""Code that is not ours is named with what it is at: the digest of its source, or the version of its package."""

from __future__ import annotations

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term


def bare(term: Term) -> str:
    """Return the term's value without its pin: ``net`` of ``module:net@DIGEST``."""
    return term.value.partition("@")[0]


def pinned(term: Term, pin: str) -> str:
    """Return the term's value with its pin, ``value@pin``.

    Raises
    ------
    DqError
        The value already has another pin: what it names has changed since.
    """
    value, _, wanted = term.value.partition("@")
    if wanted not in ("", pin):
        raise DqError(
            f"{term.name}:{value} has changed: it is now at {pin}, not at {wanted}",
            f"bring back what it was, or name it {term.name}:{value} to use what it is now",
        )
    return f"{value}@{pin}"
