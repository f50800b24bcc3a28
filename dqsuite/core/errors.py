"""The one exception that reaches a user as a single line."""

from __future__ import annotations

from dqsuite.core.escapes import line

_LONGEST = 5_000  # characters of a cause: it may name each of many files


class DqError(Exception):
    """Something a person can mend: what is wrong, then what to do about it.

    The command line prints it as ``dqsuite: CAUSE; MEND`` and exits with code 2; pytest shows it as an error.
    """

    def __init__(self, cause: str, mend: str = "") -> None:
        self.cause = line(" ".join(cause.split()), _LONGEST)
        self.mend = line(" ".join(mend.split()))
        super().__init__(self.cause, self.mend)

    def __str__(self) -> str:
        return f"{self.cause}; {self.mend}" if self.mend else self.cause
