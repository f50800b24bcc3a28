"""Verdicts in a file: the one format that pytest and the report write, and what changed between two of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dqsuite.claims.evaluate import Judged
from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing
from dqsuite.statistics.verdict import Status, Verdict

_SAID = (Status.HOLDS, Status.REFUTED, Status.INCONCLUSIVE, Status.REPORTED)  # what takes a measurement


@dataclass(frozen=True)
class Verdicts:
    """The verdicts on a number of cases at one scale."""

    scale: str
    judged: tuple[Judged, ...]


@dataclass(frozen=True)
class Change:
    """A case that was measured twice, and is judged otherwise or measured otherwise than before."""

    before: Judged
    after: Judged

    @property
    def flipped(self) -> bool:
        """Whether the verdict is another; what has no expectation was once called inconclusive, which is none."""
        statuses = {self.before.verdict.status, self.after.verdict.status}
        return len(statuses) > 1 and statuses != {Status.INCONCLUSIVE, Status.REPORTED}

    @property
    def broken(self) -> bool:
        """Whether a finding that held is now refuted."""
        statuses = (self.before.verdict.status, self.after.verdict.status)
        return statuses == (Status.HOLDS, Status.REFUTED)


def to_json(scale: str, judged: Iterable[Judged]) -> dict[str, Any]:
    """Return the verdicts, in the order given, as plain values that JSON can hold."""
    return {"scale": scale, "verdicts": [each.to_json() for each in judged]}


def write(path: Path, scale: str, judged: Iterable[Judged]) -> None:
    """Write the verdicts into a file, by claim and case; it appears whole or not at all. Raises OSError."""
    with replacing(path) as temporary:
        temporary.write_bytes(to_bytes(scale, sorted(judged, key=lambda each: (each.claim, each.case))))


def to_bytes(scale: str, judged: Iterable[Judged]) -> bytes:
    """Return the verdicts as a file has them."""
    return json.dumps(to_json(scale, judged), indent=1).encode()


def from_bytes(data: bytes) -> Verdicts:
    """Read what `to_bytes` returned. Raises ValueError where it holds no verdicts."""
    try:
        plain = json.loads(data)
        return Verdicts(str(plain["scale"]), tuple(_judged(each) for each in plain["verdicts"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no verdicts: {error!r}") from error


def read(path: Path) -> Verdicts:
    """Read what `write`, or pytest with ``--dq-report``, has written.

    Raises
    ------
    DqError
        There is no such file, or it holds no verdicts.
    """
    try:
        return from_bytes(path.read_bytes())
    except OSError as error:
        raise DqError(f"cannot read {path} ({error.strerror})", "name a file of verdicts") from error
    except ValueError as error:
        mend = "name a file that dqsuite report or pytest --dq-report wrote"
        raise DqError(f"{path} holds no verdicts", mend) from error


def changes(before: Iterable[Judged], after: Iterable[Judged]) -> list[Change]:
    """Return the cases that changed between two runs, flips before shifts, broken findings first of all.

    A *flip* is another verdict, a *shift* the same verdict on intervals that have no point in common. Only cases that
    were measured at the same scale both times are compared.
    """
    known = {_key(each): each for each in before if each.verdict.status in _SAID}
    pairs = [Change(known[_key(each)], each) for each in after if _key(each) in known and each.verdict.status in _SAID]
    found = [change for change in pairs if change.flipped or _apart(change.before.verdict, change.after.verdict)]
    return sorted(found, key=lambda change: (not change.broken, not change.flipped))


def _key(judged: Judged) -> tuple[str, str, str]:
    return judged.claim, judged.case, judged.scale


def _apart(one: Verdict, other: Verdict) -> bool:
    """Tell whether two intervals have no point in common."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low


def _judged(plain: dict[str, Any]) -> Judged:
    found = Judged.from_json(plain)
    for number in (found.verdict.effect, found.verdict.low, found.verdict.high):
        if number is not None and not math.isfinite(number):
            raise ValueError(f"{number} is no effect")
    return found
