"""Evidence: the records of a store in one file, to move between machines. Merging is a union by key.

A zip of a member ``evidence.json`` with the format, the data set cards as they are stored, and the outcomes: the
repeats of a condition together, as `dqsuite.experiment.series` packs them, and as it is stored whatever does not fit
there. The first format had all of them as they are stored, and is read too. Confidences stay at home.
"""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing
from dqsuite.experiment.card import Card
from dqsuite.experiment.encoding import pack, unpack
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.series import Truths, fits, pack_series, unpack_series
from dqsuite.experiment.store import CARDS, OUTCOMES, Store, nothing_stored

FORMAT = 2
_READ = (1, FORMAT)
_SERIES = "series"
_MOST = 32  # outcomes of a series
_MANIFEST = "evidence.json"
_LARGEST = 64 * 2**20  # bytes: no record comes near
_READ_AGAIN = "export it again, or copy it again from where it came"


@dataclass
class Merge:
    """What an import did, by the outcomes' descriptions or names."""

    added: int = 0
    present: int = 0
    differing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def export_evidence(store: Store, path: Path) -> int:
    """Write every outcome and card of a store to a file, and return the number of outcomes.

    Equal stores give equal files, and the file appears whole or not at all.

    Raises
    ------
    DqError
        The store is empty, or the file cannot be written.
    """
    names = sorted(store.list(OUTCOMES))
    if not names:
        raise nothing_stored(store)
    try:
        with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as file:
            for member, data in _members(store, names):
                file.writestr(zipfile.ZipInfo(member), data)
    except (OSError, ValueError) as error:
        raise DqError(f"cannot write {path} ({error})", "name a file that you can write") from error
    return len(names)


def _members(store: Store, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the members of an evidence file: their names and bytes."""
    yield _MANIFEST, json.dumps({"format": FORMAT, "outcomes": len(names)}).encode()
    cards = {name: _own(store, CARDS, name) for name in sorted(store.list(CARDS))}
    yield from ((f"{CARDS}/{name}", data) for name, data in cards.items())
    conditions: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for name in names:
        data = _own(store, OUTCOMES, name)
        if found := _condition(data):
            conditions[found[0]].append((found[1], name))
        else:
            yield f"{OUTCOMES}/{name}", data
    truths = {name: truth for name, data in cards.items() if (truth := _truth(data)) is not None}
    alike = [sorted(conditions[condition]) for condition in sorted(conditions)]
    parts = [found[first : first + _MOST] for found in alike for first in range(0, len(found), _MOST)]
    for number, part in enumerate(parts):
        records = {name: _own(store, OUTCOMES, name) for _, name in part}
        try:
            yield f"{_SERIES}/{number:05}", pack_series([unpack(data) for data in records.values()], truths)
        except ValueError:  # together they are too large
            yield from ((f"{OUTCOMES}/{name}", data) for name, data in records.items())


def _condition(data: bytes) -> tuple[str, int] | None:
    """Return what an outcome shares with the other repeats of its condition, and its repeat; None if it does not fit.

    A record that cannot be read does not fit either: it travels as it is, and who imports it is told.
    """
    try:
        record = header, arrays = unpack(data)
        cell = dict(header["cell"])
        repeat, last = int(cell.pop("repeat")), arrays["last"]
        shared = [cell, header["fingerprint"], len(last), last.dtype.str]
        return (json.dumps(shared, sort_keys=True), repeat) if fits(record) else None
    except (ValueError, LookupError, TypeError):
        return None


def _truth(card: bytes) -> NDArray[np.int64] | None:
    try:
        return Card.from_bytes(card).y_test
    except ValueError:
        return None


def _own(store: Store, kind: str, name: str) -> bytes:
    try:
        return store.get(kind, name)
    except (KeyError, ValueError) as error:
        raise DqError(f"the store's record {kind}/{name} cannot be read ({error})", "remove it") from error


def import_evidence(store: Store, path: Path) -> Merge:
    """Add a file's records to a store; of two outcomes under one key the store's stays, and a difference is told.

    Raises
    ------
    DqError
        The file is missing, no evidence, of an unknown format, or the store cannot be written.
    """
    merge = Merge()
    try:
        with zipfile.ZipFile(path) as file:
            _require_format(file, path)
            members = [(*member.partition("/")[::2], member) for member in file.namelist()]
            truths = {}
            for kind, name, member in members:
                if kind in (CARDS, OUTCOMES) and name:
                    _merge(store, kind, name, _member(file, member), merge)
                if kind == CARDS and (truth := _truth(_member(file, member) or b"")) is not None:
                    truths[name] = truth
            for kind, name, member in members:
                if kind == _SERIES and name:
                    _merge_series(store, member, _member(file, member), truths, merge)
    except FileNotFoundError:
        raise DqError(f"there is no file {path}", "name one that dqsuite evidence export wrote") from None
    except (zipfile.BadZipFile, OSError) as error:
        raise DqError(f"{path} is no readable evidence file ({error})", _READ_AGAIN) from error
    return merge


def _merge_series(store: Store, member: str, data: bytes | None, truths: Truths, merge: Merge) -> None:
    """Add the outcomes of a series, each as it was stored where it comes from."""
    try:
        records = [pack(header, **arrays) for header, arrays in unpack_series(data or b"", truths)]
        named = [(Outcome.from_bytes(record).key, record) for record in records]
    except ValueError:
        merge.damaged.append(member)
        return
    for name, record in named:
        _merge(store, OUTCOMES, name, record, merge)


def _merge(store: Store, kind: str, name: str, data: bytes | None, merge: Merge) -> None:
    """Add one record after making sure that it is whole and is what its name says."""
    try:
        record = (Outcome if kind == OUTCOMES else Card).from_bytes(data or b"")
        if (record.key if isinstance(record, Outcome) else record.fingerprint) != name:
            raise ValueError("it is not what its name says")
        added = store.put_if_absent(kind, name, data or b"")
    except ValueError:
        merge.damaged.append(name)
        return
    if isinstance(record, Outcome):
        added = added or _replaces_damaged(store, record, data or b"", merge)
        merge.added += added
        merge.present += not added


def _replaces_damaged(store: Store, record: Outcome, data: bytes, merge: Merge) -> bool:
    """Compare an outcome with the store's own, which stays unless it is damaged; return whether it was replaced."""
    try:
        own = Outcome.from_bytes(store.get(OUTCOMES, record.key))
    except ValueError:
        store.set_aside(OUTCOMES, record.key)
        return store.put_if_absent(OUTCOMES, record.key, data)
    if not record.same_measurement(own):
        merge.differing.append(str(record.cell))
    return False


def _member(file: zipfile.ZipFile, member: str) -> bytes | None:
    if file.getinfo(member).file_size > _LARGEST:
        return None
    try:
        return file.read(member)
    except Exception:  # zipfile and zlib raise half a dozen kinds at damaged bytes
        return None


def _require_format(file: zipfile.ZipFile, path: Path) -> None:
    try:
        found = json.loads(_member(file, _MANIFEST) or b"")["format"]
    except (KeyError, ValueError, TypeError, RecursionError):
        raise DqError(f"{path} is a zip but no evidence", _READ_AGAIN) from None
    if found not in _READ:
        raise DqError(
            f"{path} has evidence format {found}, this version reads {FORMAT}", "use the dqsuite that wrote it"
        )
