"""A chain of corruptions as a value: it prints, pickles and hashes, and knows no data."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from dqsuite.core.grammar import Term, parse_chain

CLEAN = "clean"


@dataclass(frozen=True)
class Chain:
    """Checked terms in the order in which they apply; ``str(chain)`` is the canonical text, ``clean`` for no term.

    ``files`` leads from the digests in the text to the files that they stand for; where a file lies does not matter to
    equality and hash.
    """

    terms: tuple[Term, ...] = ()
    files: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, canonical: str) -> Chain:
        """Return the chain of a canonical text, unchecked and without its files: one that was measured.

        Raises DqError where it is no chain at all.
        """
        return cls() if canonical == CLEAN else cls(parse_chain(canonical))

    def __str__(self) -> str:
        return self._text

    def __hash__(self) -> int:
        return hash(self._text)  # computed once

    @cached_property
    def _text(self) -> str:
        return "+".join(map(str, self.terms)) or CLEAN
