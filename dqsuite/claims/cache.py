"""The verdicts on all claims, judged once for a state of the store: a list of findings should appear at once."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import dqsuite
from dqsuite.claims import verdict_files
from dqsuite.claims.evaluate import Evaluator, Judged
from dqsuite.core.foreign import as_type, json_of
from dqsuite.experiment.store import CARDS, FOREIGN_CARDS, OUTCOMES, Store
from dqsuite.results.reader import Reader, Say, told_of_outdated

_NOTES = "verdicts"
_JUDGES = ("numpy", "scipy")  # whose draws and distributions verdicts rest on


def cached_verdicts(store: Store, scale: str, precision: str, say: Say) -> Sequence[Judged]:
    """Return the verdict on every case of every claim from what a store holds.

    They are kept as a note, with what there was to say besides, under a digest of the names of these and of our code,
    and so are judged again when any of it changes.
    """
    earlier = f"{scale}-{precision}-"
    note = f"{earlier}{_state(store)}"
    found = _kept(store.read_note(_NOTES, note) or b"")
    if not found:
        said: list[str] = []
        reader = Reader(store, said.append, precision)
        judged = Evaluator(reader, scale).judge_all()
        found = judged, [*said, *told_of_outdated(reader.outdated)]
        if reader.names:
            store.forget_notes(_NOTES, earlier)
            store.write_note(_NOTES, note, _noted(scale, *found))
    for line in found[1]:
        say(line)
    return found[0]


def _noted(scale: str, judged: Sequence[Judged], said: Sequence[str]) -> bytes:
    """Return a note: a line of what there is to say, and the verdicts."""
    return json.dumps(said).encode() + b"\n" + verdict_files.to_bytes(scale, judged)


def _kept(note: bytes) -> tuple[Sequence[Judged], list[str]] | None:
    """Return what a note holds, None where it is none."""
    said, _, judged = note.partition(b"\n")
    with contextlib.suppress(ValueError):
        return verdict_files.from_bytes(judged).judged, as_type(json_of(said), list[str])
    return None


def _state(store: Store) -> str:
    """Return a digest of what verdicts depend on."""
    parts = [f"{name} {metadata.version(name)}".encode() for name in _JUDGES]
    parts += [path.read_bytes() for path in sorted(Path(dqsuite.__file__).parent.rglob("*.py"))]
    parts += ["\n".join(sorted(store.list(kind))).encode() for kind in (OUTCOMES, CARDS, FOREIGN_CARDS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:24]
