"""The verdicts on all claims, judged once for a state of the store: a list of findings should appear at once."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import dqsuite
from dqsuite.claims import CLAIMS, verdict_files
from dqsuite.claims.evaluate import Judged, judge
from dqsuite.claims.requirements import StoreLab, told_of_outdated
from dqsuite.core.errors import DqError
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from dqsuite.results import study

_FOLDER = "verdicts"  # beside the store's records
_JUDGES = ("numpy", "scipy")  # whose draws and distributions verdicts rest on


def judge_all(store: Store, scale: str, precision: str, say: study.Say) -> Sequence[Judged]:
    """Judge every case of every claim from what a store holds.

    The verdicts are kept beside the records, under a digest of the names of these and of our code, and so are judged
    again when any of it changes. What has something to say besides is not kept.
    """
    file = store.root / _FOLDER / f"{scale}-{precision}-{_state(store)}.json"
    with contextlib.suppress(DqError):
        return verdict_files.read(file).judged
    said: list[str] = []
    measured = StoreLab(store, scale, precision, said.append)
    judged = [each for claim in CLAIMS.values() for each in judge(claim, measured)]
    said += told_of_outdated(measured.outdated)
    for line in said:
        say(line)
    if measured.names and not said:
        _keep(file, scale, precision, judged)
    return judged


def _keep(file: Path, scale: str, precision: str, judged: Sequence[Judged]) -> None:
    """Write the verdicts in place of those on an earlier state of the store."""
    with contextlib.suppress(OSError):  # a store that cannot be written can still be judged
        for earlier in file.parent.glob(f"{scale}-{precision}-*.json"):
            earlier.unlink()
        verdict_files.write(file, scale, judged)


def _state(store: Store) -> str:
    """Return a digest of what verdicts depend on."""
    parts = [f"{name} {metadata.version(name)}".encode() for name in _JUDGES]
    parts += [path.read_bytes() for path in sorted(Path(dqsuite.__file__).parent.rglob("*.py"))]
    parts += ["\n".join(sorted(store.list(kind))).encode() for kind in (OUTCOMES, CARDS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:24]
