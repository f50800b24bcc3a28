"""One grammar for everything a person names: ``name:value;key=value``, joined by ``+``.

It is the command line, the test id, the label and the key of an outcome, so every text has one canonical form:
levels are decimals without trailing zeros, parameters stand in alphabetical order.

>>> str(parse_term("wrong:0.30;tail=1"))
'wrong:0.3;tail=1'
>>> [str(term) for term in parse_chain("first:1000+wrong:.3")]
['first:1000', 'wrong:0.3']
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from dqsuite.core.errors import DqError


@dataclass(frozen=True, order=True)
class Term:
    """A name, the value after its colon (``""`` if there is none), and its parameters in alphabetical order."""

    name: str
    value: str = ""
    params: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        head = f"{self.name}:{self.value}" if self.value else self.name
        return ";".join([head, *(f"{key}={value}" for key, value in self.params)])

    def get(self, key: str, default: str = "") -> str:
        """Return the parameter's text, or the default."""
        return dict(self.params).get(key, default)


def parse_term(text: str) -> Term:
    """Read ``name[:value][;key=value]...``; a value that is a number becomes canonical.

    Raises
    ------
    DqError
        The text has no name, or a parameter is not ``key=value`` or stands twice.
    """
    head, *pairs = text.strip().split(";")
    name, _, value = head.partition(":")
    params = [tuple(part.strip() for part in pair.partition("=")[::2]) for pair in pairs]
    if not name.strip():
        raise DqError(f"no name in {text!r}", "write name, name:value or name:value;key=value")
    if any(not key or not text for key, text in params) or len({key for key, _ in params}) < len(params):
        raise DqError(f"cannot read the parameters of {text!r}", "write each once, as ;key=value")
    canonical = sorted((key, canonical_number(text)) for key, text in params)
    return Term(name.strip(), canonical_number(value.strip()), tuple(canonical))


def parse_chain(text: str) -> tuple[Term, ...]:
    """Read terms joined by ``+``, in the order in which they apply. Raises DqError as `parse_term`."""
    return tuple(parse_term(part) for part in text.split("+"))


def canonical_number(text: str) -> str:
    """Return the shortest decimal for a finite number (``0.30`` is ``0.3``), any other text unchanged."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return f"{number.normalize():f}" if number else "0"
