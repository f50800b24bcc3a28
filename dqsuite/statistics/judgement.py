"""A judgement: two p-values, one against the claim and one against its negation; and how judgements are put together.

Judgements put together are a judgement again, so that any criterion can be written as one expression:
``all_of([below(noise, label="cat"), some_of([...])]).verdict()``.

A judgement *holds* where its ``p_holds`` is at most .05, else it is *refuted* where its ``p_refuted`` is, else it is
inconclusive. Whatever is put together keeps this error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan

from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.verdict import Status, Verdict

ALPHA = 0.05


@dataclass(frozen=True)
class Judgement:
    """What is said of a statement, with the effect that it rests on.

    Attributes
    ----------
    effect, low, high : float
        In ``unit``, with the ends of the interval that decides: the statement holds, or is refuted, where it lies on
        one side. It is the 95% interval of one comparison; that of several that share the error is as much wider, and
        the one of a statement about an order is one-sided, hence 90%. nan where there is none.
    n : int
        Repeats.
    p_holds, p_refuted : float
        Against the claim's being false, and against its being true.
    above, below : float or None
        Bounds that the claim sets to the effect.
    expected : bool
        Whether the source has an expectation; without one the numbers are reported, and nothing is judged.
    error : float
        The two-sided error of the interval.
    estimate : Estimate or None
        What the interval is of.
    """

    effect: float
    low: float
    high: float
    n: int
    p_holds: float
    p_refuted: float
    label: str = ""
    unit: str = ""
    above: float | None = None
    below: float | None = None
    expected: bool = True
    error: float = ALPHA
    estimate: Estimate | None = None

    @classmethod
    def on(
        cls,
        estimate: Estimate,
        p_holds: float,
        p_refuted: float,
        *,
        label: str = "",
        unit: str = "",
        error: float = ALPHA,
        above: float | None = None,
        below: float | None = None,
    ) -> Judgement:
        """Return a judgement that rests on one estimate."""
        mean, low, high, n = estimate.interval(1 - error)
        p_holds, p_refuted = min(1.0, p_holds), min(1.0, p_refuted)
        return cls(mean, low, high, n, p_holds, p_refuted, label, unit, above, below, error=error, estimate=estimate)

    def verdict(self, cases: int = 1) -> Verdict:
        """Return what is said.

        Parameters
        ----------
        cases : int
            How many cases the finding has. One refuted case refutes the finding, so a case is refuted after Holm's
            first step over all of them; to hold, all have to, which needs no correction.
        """
        effect, low, high = (None if isnan(number) else number for number in (self.effect, self.low, self.high))
        return Verdict(self._status(cases), effect, low, high, self.n, self.unit, self.label, self.above, self.below)

    def _status(self, cases: int) -> Status:
        if not self.expected:
            return Status.REPORTED
        if self.p_holds <= ALPHA:
            return Status.HOLDS
        return Status.REFUTED if self.p_refuted * cases <= ALPHA else Status.INCONCLUSIVE

    def named(self, label: str) -> Judgement:
        """Return the same with a label before its own."""
        return replace(self, label=": ".join(part for part in (label, self.label) if part))

    def _sharing(self, times: float) -> Judgement:
        """Return the same with the interval of one of several comparisons that share the error."""
        if times == 1 or self.estimate is None:
            return self
        _, low, high, _ = self.estimate.interval(1 - self.error / times)
        return replace(self, low=low, high=high, error=self.error / times)


def at_least(count: int, parts: Sequence[Judgement]) -> Judgement:
    """Judge that ``count`` of M parts are true, such as comparisons of one class with the others.

    False means that M - count + 1 of them are false: those with the largest p-values have to be rejected together, by
    Simes' test (the partial conjunction of Benjamini and Heller, *Biometrics* 64, 2008, their formula 7). That is valid
    for parts that are independent or depend on each other positively, as comparisons with one class do, and nowhere
    weaker than ``(M - count + 1) · p[count]``, which stays valid whatever the dependence.

    Returns
    -------
    Judgement
        It shows the part that decides: the one whose p-value it is.

    Raises
    ------
    ValueError
        There are fewer parts than that, or the count is below 1.
    """
    if not 1 <= count <= len(parts):
        raise ValueError(f"{count} of {len(parts)} parts cannot be judged")
    return _together(count, parts, _simes)


def all_of(parts: Sequence[Judgement]) -> Judgement:
    """Judge a conjunction: holds where every part does, refuted where a part is after Holm."""
    return _together(len(parts), parts, _holm)


def some_of(parts: Sequence[Judgement]) -> Judgement:
    """Judge a disjunction: holds where a part does after Holm, refuted where every part is."""
    return _together(1, parts, _holm)


def _together(count: int, parts: Sequence[Judgement], rejected: Callable[[list[float]], list[float]]) -> Judgement:
    """Judge that ``count`` parts are true; the negation is that M - count + 1 are false."""
    spare = len(parts) - count + 1
    true = sorted(parts, key=lambda part: (part.p_holds, -part.p_refuted))[count - 1 :]
    false = sorted(parts, key=lambda part: (part.p_refuted, -part.p_holds))[spare - 1 :]
    holds, refuted = rejected([part.p_holds for part in true]), rejected([part.p_refuted for part in false])
    p_holds, p_refuted = min(1.0, *holds), min(1.0, *refuted)
    found, adjusted = (false, refuted) if p_refuted <= ALPHA < p_holds else (true, holds)
    place = adjusted.index(min(adjusted))
    return replace(found[place]._sharing(len(found) / (place + 1)), p_holds=p_holds, p_refuted=p_refuted)


def _holm(p_values: list[float]) -> list[float]:
    """Return Holm's first step over ascending p-values: the least of them, as often as there are any."""
    return [p_values[0] * len(p_values)]


def _simes(p_values: list[float]) -> list[float]:
    """Return what Simes' test takes the least of, for ascending p-values."""
    return [len(p_values) / place * p for place, p in enumerate(p_values, 1)]


def unknown(n: int, label: str = "") -> Judgement:
    """Return the judgement of what so few repeats say nothing about."""
    return Judgement(nan, nan, nan, n, 1.0, 1.0, label)
