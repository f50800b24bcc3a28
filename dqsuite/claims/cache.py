"""The verdicts on all claims, judged once for a state of the store: a list of findings should appear at once."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import dqsuite
from dqsuite.claims import verdict_files
from dqsuite.claims.evaluate import Evaluator, Judged
from dqsuite.core.errors import DqError
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from dqsuite.results.reader import Reader, Say, told_of_outdated

_FOLDER = "verdicts"  # beside the store's records
_JUDGES = ("numpy", "scipy")  # whose draws and distributions verdicts rest on


def cached_verdicts(store: Store, scale: str, precision: str, say: Say) -> Sequence[Judged]:
    """Return the verdict on every case of every claim from what a store holds.

    The verdicts are kept beside the records, under a digest of the names of these and of our code, and so are judged
    again when any of it changes. What has something to say besides is not kept.
    """
    file = store.root / _FOLDER / f"{scale}-{precision}-{_state(store)}.json"
    with contextlib.suppress(DqError):
        return verdict_files.read(file).judged
    said: list[str] = []
    reader = Reader(store, said.append, precision)
    judged = Evaluator(reader, scale).judge_all()
    said += told_of_outdated(reader.outdated)
    for line in said:
        say(line)
    if reader.names and not said:
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
