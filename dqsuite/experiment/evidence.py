"""Evidence: the records of a store in one file, to move between machines. Merging is a union by key.

A zip of the outcomes and the data set cards as they are stored, and a member ``evidence.json`` with the format.
Confidences stay at home.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing
from dqsuite.experiment.card import Card
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import CARDS, OUTCOMES, Store, nothing_stored

FORMAT = 1
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
            file.writestr(zipfile.ZipInfo(_MANIFEST), json.dumps({"format": FORMAT, "outcomes": len(names)}))
            for kind, members in ((CARDS, sorted(store.list(CARDS))), (OUTCOMES, names)):
                for name in members:
                    file.writestr(zipfile.ZipInfo(f"{kind}/{name}"), _own(store, kind, name))
    except (OSError, ValueError) as error:
        raise DqError(f"cannot write {path} ({error})", "name a file that you can write") from error
    return len(names)


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
            for member in file.namelist():
                kind, _, name = member.partition("/")
                if kind in (CARDS, OUTCOMES) and name:
                    _merge(store, kind, name, _member(file, member), merge)
    except FileNotFoundError:
        raise DqError(f"there is no file {path}", "name one that dqsuite evidence export wrote") from None
    except (zipfile.BadZipFile, OSError) as error:
        raise DqError(f"{path} is no readable evidence file ({error})", _READ_AGAIN) from error
    return merge


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
    if found != FORMAT:
        raise DqError(
            f"{path} has evidence format {found}, this version reads {FORMAT}", "use the dqsuite that wrote it"
        )
