"""What becomes of a demand, such as that a cost is below 3%: it returns, is raised, or is collected.

Only what a test needs to be told stands here, so that pytest can start without the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from dqsuite.statistics.verdict import Status, Verdict


@dataclass(frozen=True)
class Demand:
    """What was demanded, in words such as ``wrong:0.1 cost below 0.03``, and the verdict on it."""

    text: str
    verdict: Verdict

    def describe(self) -> str:
        """Return both in one line."""
        return f"{self.text}: {self.verdict.describe()}"


class Refuted(AssertionError):  # noqa: N818 - a verdict
    """What was measured contradicts a demand."""


class Inconclusive(Exception):  # noqa: N818 - a verdict
    """A demand can be told neither met nor missed by what was measured."""


_COLLECTED: ContextVar[list[Demand] | None] = ContextVar("collected", default=None)


@contextmanager
def collected() -> Iterator[list[Demand]]:
    """Collect the demands of a block: those that are inconclusive are not raised, so that the block goes on."""
    found: list[Demand] = []
    before = _COLLECTED.set(found)
    try:
        yield found
    finally:
        _COLLECTED.reset(before)


def demand(text: str, verdict: Verdict) -> Verdict:
    """Return the verdict on a demand that is met.

    Raises
    ------
    Refuted
        It is missed.
    Inconclusive
        It cannot be told, and nobody collects it.
    """
    __tracebackhide__ = True  # pytest then shows the line that demands
    told, kept = Demand(text, verdict), _COLLECTED.get()
    if kept is not None:
        kept.append(told)
    if verdict.status is Status.REFUTED:
        raise Refuted(told.describe())
    if verdict.status is Status.INCONCLUSIVE and kept is None:
        raise Inconclusive(told.describe())
    return verdict
