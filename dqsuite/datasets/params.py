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


def fraction(term: Term, key: str, default: float, *, ends: bool) -> float:
    """Return a number from 0 to 1, with or without both ends. Raises DqError for any other text."""
    text = term.get(key, str(default))
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (0 <= number <= 1 if ends else 0 < number < 1):
        raise DqError(
            f"{key}={text} of data set {term.name} is not a number {'from' if ends else 'between'} 0 "
            f"{'to' if ends else 'and'} 1",
            f"write for example ;{key}={default}",
        )
    return number
