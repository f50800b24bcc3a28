"""From a store to verdicts, without training, data sets or torch."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dqsuite.claims import CLAIMS
from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.measurements import Asked, StoredMeasurements
from dqsuite.claims.requirements import NotApplicable, NotMeasured, cells_of, deciding_cases
from dqsuite.claims.scales import SCALES
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.store import default_store
from dqsuite.experiment.stores import open_store
from dqsuite.results.reader import Reader, Say
from dqsuite.statistics.verdict import Status, Verdict


@dataclass(frozen=True)
class Judged:
    """One case of a claim at a scale, and what is said of it.

    Attributes
    ----------
    claim, case, scale : str
    verdict : Verdict
    precision, data, evidence : str
        What was compared: the precision, the data sets as `Selection.data` gives them, and a digest over the names of
        the outcomes, which stand for cells, versions and data sets; empty where nothing was.
    measurements : StoredMeasurements or None
        Where the numbers come from; what was read from a file has none.
    asked : sequence of Asked
        What the judge asked it for.
    """

    claim: str
    case: str
    scale: str
    verdict: Verdict
    precision: str = ""
    data: str = ""
    evidence: str = ""
    measurements: StoredMeasurements | None = field(default=None, repr=False, compare=False)
    asked: Sequence[Asked] = field(default=(), repr=False, compare=False)

    @property
    def ours(self) -> bool:
        """Whether the case is our addition to what the source says: it is judged, and does not decide the finding."""
        return self.claim in CLAIMS and CLAIMS[self.claim].is_ours(self.case)

    def to_json(self) -> dict[str, object]:
        """Return plain values that JSON can hold."""
        return {name: getattr(self, name) for name in _NAMES} | {_OURS: self.ours} | self.verdict.to_json()

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Judged:
        """Return what `to_json` wrote; what it left empty may be missing. Raises KeyError, TypeError or ValueError."""
        verdict = Verdict.from_json({key: value for key, value in plain.items() if key not in (*_NAMES, _OURS)})
        claim, scale = str(plain["claim"]), str(plain["scale"])
        case = str(plain.get("case") or "")
        precision, data, evidence = (str(plain.get(name) or "") for name in ("precision", "data", "evidence"))
        return cls(claim, case, scale, verdict, precision, data, evidence)


_NAMES = ("claim", "case", "scale", "precision", "data", "evidence")
_OURS = "ours"  # written for whoever reads the file; the claim knows it


def digest(names: Iterable[str]) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 over the sorted names, one a line."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:12]


class Evaluator:
    """Judges cases at a scale, each from the precision and the variants in which most of what it needs is stored.

    Attributes
    ----------
    asked : list of Cell
        What the cases that were judged ask for, stored or not, in the first of the reader's precisions.
    """

    def __init__(self, reader: Reader, scale: str) -> None:
        self.reader, self.scale = reader, scale
        self.asked: list[Cell] = []
        self._measurements: dict[tuple[str, str], StoredMeasurements] = {}

    def judge(self, claim: Claim, case: Case) -> Judged:
        """Judge one case from what is stored; what is missing is a verdict too."""
        name = "-".join(case.values())
        try:
            measurements, names = self._chosen(claim, case)
        except NotApplicable as reason:
            return Judged(claim.id, name, self.scale, Verdict(Status.NOT_APPLICABLE, note=str(reason)))
        try:
            verdict = claim.judge(measurements, **case).verdict(cases=deciding_cases(claim, self.scale))
            verdict = replace(verdict, note="; ".join(filter(None, [verdict.note, measurements.collapsed()])))
        except NotMeasured as reason:
            verdict = Verdict(Status.NOT_MEASURED, note=str(reason))
        asked, chosen = tuple(dict.fromkeys(measurements.asked)), measurements.selection
        if verdict.status is Status.NOT_MEASURED:
            return Judged(claim.id, name, self.scale, verdict, measurements=measurements, asked=asked)
        evidence = digest(key for key in names if key)
        return Judged(claim.id, name, self.scale, verdict, chosen.precision, chosen.data, evidence, measurements, asked)

    def judge_all(self) -> list[Judged]:
        """Judge every case of every claim."""
        return [self.judge(claim, case) for claim in CLAIMS.values() for case in claim.cases]

    def is_stored(self, claim: Claim, case: Case) -> bool:
        """Tell whether all that a case needs is stored. Raises NotApplicable as `cells_of`."""
        return all(name in self.reader.names for name in self._chosen(claim, case)[1])

    def _chosen(self, claim: Claim, case: Case) -> tuple[StoredMeasurements, list[str | None]]:
        """Return what a case is judged by, and the names of its outcomes, None of a data set that is not stored."""
        cells = cells_of(claim, case, self.scale, self.reader.precisions[0])
        self.asked += cells
        chosen = self.reader.choose(cells)
        measurements = self.shared(StoredMeasurements(self.reader, self.scale, chosen))
        repeats = 1 + max((cell.repeat for cell in cells), default=0)
        return measurements.apart(repeats), [chosen.key(cell) for cell in cells]

    def shared(self, measurements: StoredMeasurements) -> StoredMeasurements:
        """Return the same measurements, with all that was computed of them for any case."""
        return self._measurements.setdefault(measurements.compared, measurements)


def judge(
    claim: Claim | str = "",
    *,
    store: str | Path = "",
    scale: str = "full",
    precision: str = "any",
    say: Say = lambda line: print(line, file=sys.stderr),
) -> list[Judged]:
    """Judge the cases of a claim, or of all claims, from what a store holds; nothing is trained.

    Parameters
    ----------
    claim : Claim or str
        A claim or its id; empty for all.
    store : path
        The folder of the outcomes; by default ``$DQSUITE_STORE``, or ``.dqsuite/store``.
    scale, precision : str
        As on the command line: a name of `dqsuite.core.scales`; ``any``, ``fp32`` or ``bf16``.
    say : callable
        Takes each line that a user should read.

    Raises
    ------
    DqError
        There is no such claim, scale or precision, or the store cannot be read.
    """
    SCALES[scale]  # raises what the user reads where there is none such
    evaluator = Evaluator(Reader(open_store(store or default_store()), say, precision), scale)
    if not claim:
        return evaluator.judge_all()
    one = CLAIMS[claim] if isinstance(claim, str) else claim
    return [evaluator.judge(one, case) for case in one.cases]
