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
from dqsuite.experiment.store import CARDS, FOREIGN_CARDS, OUTCOMES, Store
from dqsuite.results.reader import Reader, Say, told_of_outdated

_NOTES = "verdicts"
_JUDGES = ("numpy", "scipy")  # whose draws and distributions verdicts rest on


def cached_verdicts(store: Store, scale: str, precision: str, say: Say) -> Sequence[Judged]:
    """Return the verdict on every case of every claim from what a store holds.

    The verdicts are kept as a note, under a digest of the names of these and of our code, and so are judged
    again when any of it changes. What has something to say besides is not kept.
    """
    earlier = f"{scale}-{precision}-"
    note = f"{earlier}{_state(store)}.json"
    with contextlib.suppress(ValueError):
        if found := store.read_note(_NOTES, note):
            return verdict_files.from_bytes(found).judged
    said: list[str] = []
    reader = Reader(store, said.append, precision)
    judged = Evaluator(reader, scale).judge_all()
    said += told_of_outdated(reader.outdated)
    for line in said:
        say(line)
    if reader.names and not said:
        store.forget_notes(_NOTES, earlier)
        store.write_note(_NOTES, note, verdict_files.to_bytes(scale, judged))
    return judged


def _state(store: Store) -> str:
    """Return a digest of what verdicts depend on."""
    parts = [f"{name} {metadata.version(name)}".encode() for name in _JUDGES]
    parts += [path.read_bytes() for path in sorted(Path(dqsuite.__file__).parent.rglob("*.py"))]
    parts += ["\n".join(sorted(store.list(kind))).encode() for kind in (OUTCOMES, CARDS, FOREIGN_CARDS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:24]
