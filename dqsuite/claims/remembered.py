"""The verdicts on all claims, judged once for a state of the store: a list of findings should appear at once."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import dqsuite
from dqsuite import study
from dqsuite.claims import CLAIMS, verdicts
from dqsuite.claims.judging import Judged, judge
from dqsuite.claims.labs import StoreLab, told_of_outdated
from dqsuite.errors import DqError
from dqsuite.store import CARDS, OUTCOMES, Store

_FOLDER = "verdicts"  # beside the store's records
_JUDGES = ("numpy", "scipy")  # whose draws and distributions verdicts rest on


def judge_all(store: Store, scale: str, precision: str, say: study.Say) -> Sequence[Judged]:
    """Judge every case of every claim from what a store holds.

    The verdicts are kept beside the records, under a digest of the names of these and of our code, and so are judged
    again when any of it changes. What has something to say besides is not kept.
    """
    file = store.root / _FOLDER / f"{scale}-{precision}-{_state(store)}.json"
    with contextlib.suppress(DqError):
        return verdicts.read(file).judged
    said: list[str] = []
    lab = StoreLab(store, scale, precision, said.append)
    judged = [each for claim in CLAIMS.values() for each in judge(claim, lab)]
    said += told_of_outdated(lab.outdated)
    for line in said:
        say(line)
    if lab.names and not said:
        _keep(file, scale, precision, judged)
    return judged


def _keep(file: Path, scale: str, precision: str, judged: Sequence[Judged]) -> None:
    """Write the verdicts in place of those on an earlier state of the store."""
    with contextlib.suppress(OSError):  # a store that cannot be written can still be judged
        for earlier in file.parent.glob(f"{scale}-{precision}-*.json"):
            earlier.unlink()
        verdicts.write(file, scale, judged)


def _state(store: Store) -> str:
    """Return a digest of what verdicts depend on."""
    parts = [f"{name} {metadata.version(name)}".encode() for name in _JUDGES]
    parts += [path.read_bytes() for path in sorted(Path(dqsuite.__file__).parent.rglob("*.py"))]
    parts += ["\n".join(sorted(store.list(kind))).encode() for kind in (OUTCOMES, CARDS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:24]
