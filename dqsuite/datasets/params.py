"""The parameters of a data set's term, read and checked."""

from __future__ import annotations

from collections.abc import Sequence

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.core.registry import Registry


def only(term: Term, known: Sequence[str] = (), *, value: bool = False) -> None:
    """Check that the term has no parameter but the known ones, and a value exactly if it needs one.

    Raises
    ------
    DqError
        It has others (the nearest names are offered), lacks a value, or has one too many.
    """
    form = f"{term.name}:PATH" if value else term.name
    if bool(term.value) != value:
        raise DqError(f"data set {str(term)!r} {'lacks a path' if value else 'takes no value'}", f"write {form}")
    for key, _ in term.params:
        if not known:
            raise DqError(f"data set {term.name} takes no parameters, not even {key!r}", f"write {form}")
        Registry(f"parameter of {term.name}", dict.fromkeys(known))[key]


def integer(term: Term, key: str, default: int, low: int, high: int) -> int:
    """Return a whole number from low to high. Raises DqError for any other text."""
    text = term.get(key, str(default))
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise DqError(
            f"{key}={text} of data set {term.name} is not a whole number from {low} to {high}",
            f"write for example ;{key}={default}",
        )
    return int(text)


def number(term: Term, key: str, default: float, low: float, high: float) -> float:
    """Return a number from low to high. Raises DqError for any other text."""
    text = term.get(key, str(default))
    if not low <= (found := _number(text)) <= high:
        raise _not_a_number(term, key, text, f"from {low:g} to {high:g}", default)
    return found


def between(term: Term, key: str, default: float, low: float, high: float) -> float:
    """Return a number above low and below high. Raises DqError for any other text."""
    text = term.get(key, str(default))
    if not low < (found := _number(text)) < high:
        raise _not_a_number(term, key, text, f"between {low:g} and {high:g}", default)
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _not_a_number(term: Term, key: str, text: str, where: str, default: float) -> DqError:
    cause = f"{key}={text} of data set {term.name} is not a number {where}"
    return DqError(cause, f"write for example ;{key}={default}")
