"""How many repeats would decide what is inconclusive: the power of studies like the one that is stored."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf, isqrt

from dqsuite.claims.claim import Case, Claim, Measurements
from dqsuite.claims.evaluate import Evaluator, Judged
from dqsuite.claims.requirements import deciding_cases
from dqsuite.results.predictions import Predictions
from dqsuite.statistics.planned import planned
from dqsuite.statistics.verdict import Status

SHARE = 0.8  # of studies that should decide
STUDIES = 40  # drawn for each number of repeats: the share of those that decide is known to ± 6% (one standard error)
MOST = 1000  # repeats; what so many do not decide, no number does
_NEAR = 1.1  # how near, as a ratio, the number of repeats is found


@dataclass(frozen=True)
class Power:
    """What it takes to decide a case.

    Attributes
    ----------
    stored : int
        The repeats that there are.
    repeats : int or None
        Of how many repeats 80% of studies would decide the case, were the truth what the stored repeats show on these
        test images; None where no number is enough, or none is known.
    status : Status
        What most of those studies say: holds or refuted; inconclusive where there are none.
    note : str
        One line for a person where ``repeats`` is None.
    seconds : float
        What it took to find this.
    """

    stored: int
    repeats: int | None
    status: Status = Status.INCONCLUSIVE
    note: str = ""
    seconds: float = field(default=0.0, compare=False)

    def describe(self) -> str:
        """Return the number of repeats and what they would say, or why there is none, in one line."""
        if self.repeats is None:
            return self.note
        return f"{self.repeats} repeats: {self.status.value}"


_NEVER = "never: what decides lies on the criterion's edge, nearer than these test images can tell"
_UNKNOWN = "not known: its judge does not rest on the estimates of dqsuite.statistics"


@dataclass(frozen=True)
class Needed:
    """An inconclusive case, and what it takes to decide it."""

    judged: Judged
    power: Power

    def to_json(self) -> dict[str, object]:
        """Return plain values that JSON can hold."""
        found, judged = self.power, self.judged
        what = {"claim": judged.claim, "case": judged.case, "scale": judged.scale, "precision": judged.precision}
        numbers = {"stored": found.stored, "repeats": found.repeats, "status": found.status.value}
        return {**what, **numbers, "note": found.note, "seconds": round(found.seconds, 2)}


def power_of(claim: Claim, case: Case, measured: Measurements, cases: int = 1) -> Power:
    """Find how many repeats would decide a case with a power of 80%.

    For a number of repeats, forty studies are drawn from what is measured (see `dqsuite.statistics.planned`) and judged
    as the case is; the number is searched for by bisection between what is stored and a thousand. The power of few
    studies makes the number uncertain, by about a sixth either way. It takes about 200 times as long as judging the
    case once.

    Parameters
    ----------
    claim, case
        Any judge that rests on the estimates of `dqsuite.statistics`.
    measured : Measurements
        At least two repeats of all that the judge asks for.
    cases : int
        How many cases decide the finding, see `Judgement.verdict`.
    """
    began = time.perf_counter()
    kept = _Kept(measured)
    stored = claim.judge(kept, **case).n
    try:
        repeats, status = _enough(_Studies(claim, case, kept, cases), stored)
        found = Power(stored, repeats, status, "" if repeats else _NEVER)
    except _NotKnown:
        found = Power(stored, None, note=_UNKNOWN)
    return replace(found, seconds=time.perf_counter() - began)


def needed(evaluator: Evaluator, claims: Iterable[Claim]) -> tuple[int, Iterator[Needed]]:
    """Return how many cases are inconclusive, and what it takes to decide each, found one after another."""
    judged = [(claim, case, evaluator.judge(claim, case)) for claim in claims for case in claim.cases]
    left = [(claim, case, each) for claim, case, each in judged if each.verdict.status is Status.INCONCLUSIVE]
    return len(left), (_needed(claim, case, each) for claim, case, each in left)


def further(found: Power) -> float:
    """Return how many repeats are still to be trained, infinity where none would decide: cases are ordered by it."""
    return inf if found.repeats is None else max(1, found.repeats - found.stored)


def _needed(claim: Claim, case: Case, judged: Judged) -> Needed:
    assert judged.measurements  # which every judged case of a store has
    return Needed(judged, power_of(claim, case, judged.measurements, deciding_cases(claim, judged.scale)))


def _enough(studies: _Studies, stored: int) -> tuple[int | None, Status]:
    """Return the least number of repeats, near enough, that decides, and what it says."""
    few, many, said = stored, MOST, studies.say(MOST)
    if said is Status.INCONCLUSIVE:
        return None, said
    if (at_once := studies.say(stored)) is not Status.INCONCLUSIVE:
        return stored, at_once
    while many > max(few + 1, _NEAR * few):
        middle = max(few + 1, isqrt(few * many))
        found = studies.say(middle)
        if found is Status.INCONCLUSIVE:
            few = middle
        else:
            many, said = middle, found
    return many, said


class _NotKnown(Exception):  # noqa: N818 - no error: there is no answer
    """A judge does not see how many repeats there would be."""


@dataclass(frozen=True)
class _Studies:
    """Studies of any number of repeats, of one case."""

    claim: Claim
    case: Case
    measured: Measurements
    cases: int

    def say(self, repeats: int) -> Status:
        """Return what most of the studies say; inconclusive where less than 80% decide."""
        said = Counter[Status]()
        for seed in range(STUDIES):
            said[self._one(repeats, seed)] += 1
            decided = said[Status.HOLDS] + said[Status.REFUTED]
            if said.total() - decided > (1 - SHARE) * STUDIES:
                return Status.INCONCLUSIVE
            if decided >= SHARE * STUDIES:
                break
        return max(Status.HOLDS, Status.REFUTED, key=lambda status: said[status])

    def _one(self, repeats: int, seed: int) -> Status:
        with planned(repeats, seed):
            judgement = self.claim.judge(self.measured, **self.case)
        if judgement.n != repeats:
            raise _NotKnown
        return judgement.verdict(self.cases).status


class _Kept:
    """The same measurements, each looked up once."""

    def __init__(self, measured: Measurements) -> None:
        self._at = lru_cache(maxsize=None)(measured.at)

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Return what the measurements have."""
        return self._at(model, condition, data=data, epoch=epoch)
