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


def lack(error: BaseException) -> DqError | None:
    """Return what to tell of a library or memory that is missing, None for an error of another kind.

    Too little address space (``ulimit -v``) is met as any of these while torch is imported.
    """
    told = str(error) or type(error).__name__
    if isinstance(error, MemoryError | ImportError) or "can't start new thread" in told:
        return DqError(f"a library or its memory is missing ({told[:300]})", "allow more, or install dqsuite anew")
    return None
