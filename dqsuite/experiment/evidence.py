"""Evidence: the records of a store in one file, to move between machines. Merging is a union by key.

A zip of a member ``evidence.json`` with the format, the data set cards as they are stored, and the outcomes: the
repeats of a condition together, as `dqsuite.experiment.series` packs them, and as it is stored whatever does not fit
there. The first format had all of them as they are stored, and is read too. Confidences stay at home.

A last member ``index.json`` gives for each member the names of its outcomes, and digests of them as they are stored: a
store that has just these need not unpack it. An index that is missing or wrong costs time, and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing
from dqsuite.core.foreign import json_of, opened, said
from dqsuite.core.zips import Archive
from dqsuite.experiment.card import Card
from dqsuite.experiment.encoding import LARGEST, pack
from dqsuite.experiment.members import INDEX, SERIES, digest, has_just, members, read_index
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.series import unpack_series
from dqsuite.experiment.store import CARDS, FOREIGN_CARDS, OUTCOMES, Store, nothing_stored

FORMAT = 2
_READ = (1, FORMAT)
_MANIFEST = "evidence.json"
_TOGETHER, _BYTES = 256, 2**25  # outcomes that are stored at once, and what they may take
_WASTED = 8.0  # seconds spent on what is left out, after which the rest is left out too
_READ_AGAIN = "export it again, or copy it again from where it came"


@dataclass
class Merge:
    """What an import did, by the outcomes' descriptions or names.

    Attributes
    ----------
    reasons : dict of str
        Why each record in `damaged` was left out.
    """

    added: int = 0
    present: int = 0
    differing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def leave_out(self, name: str, error: Exception | str) -> None:
        """Note that a record is not used."""
        self.damaged.append(name)
        self.reasons[name] = str(error)


@dataclass(frozen=True)
class Packed:
    """What an export did: the number of outcomes, and the records left out with the reason why."""

    count: int
    left_out: Mapping[str, str]


def export_evidence(store: Store, path: Path) -> Packed:
    """Write every outcome and card of a store that can be used to a file.

    Equal stores give equal files, and the file appears whole or not at all.

    Raises
    ------
    DqError
        The store holds no outcome that can be used, or the file cannot be written.
    """
    left_out: dict[str, str] = {}
    cards = _cards(store, left_out)
    names = [name for name in sorted(store.list(OUTCOMES)) if _is_usable(store, name, left_out)]
    if not names:
        raise nothing_stored(store)
    try:
        with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as file:
            for member, data in _everything(store, names, cards):
                packing = zipfile.ZIP_DEFLATED if member == INDEX else zipfile.ZIP_STORED
                file.writestr(zipfile.ZipInfo(member), data, packing)
    except (OSError, ValueError) as error:
        raise DqError(f"cannot write {path} ({said(error)})", "name a file that you can write") from error
    return Packed(len(names), left_out)


def _everything(store: Store, names: Sequence[str], cards: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    yield _MANIFEST, json.dumps({"format": FORMAT, "outcomes": len(names)}).encode()
    yield from ((f"{CARDS}/{name}", data) for name, data in cards.items())
    yield from members(store, names, cards)


def _cards(store: Store, left_out: dict[str, str]) -> dict[str, bytes]:
    """Return the cards of a store, its own where it has one."""
    found = {}
    for kind in (FOREIGN_CARDS, CARDS):
        for name in sorted(store.list(kind)):
            try:
                found[name] = whole_card(name, store.get(kind, name)).to_bytes()
            except (KeyError, ValueError) as error:
                left_out[f"{kind}/{name}"] = str(error)
    return dict(sorted(found.items()))


def _is_usable(store: Store, name: str, left_out: dict[str, str]) -> bool:
    try:
        whole_outcome(name, store.get(OUTCOMES, name))
    except (KeyError, ValueError) as error:
        left_out[f"{OUTCOMES}/{name}"] = str(error)
        return False
    return True


def whole_card(name: str, data: bytes) -> Card:
    """Return a card. Raises ValueError where it is damaged, or stands under another name."""
    card = Card.from_bytes(data)
    if card.fingerprint != name:
        raise ValueError("it is not what its name says")
    return card


def whole_outcome(name: str, data: bytes) -> Outcome:
    """Return an outcome. Raises ValueError where it is damaged, or stands under another name."""
    outcome = Outcome.from_bytes(data)
    if outcome.key != name:
        raise ValueError("it is not what its name says")
    return outcome


def import_evidence(store: Store, path: Path) -> Merge:
    """Add a file's records to a store; of two outcomes under one key the store's stays, and a difference is told.

    Raises
    ------
    DqError
        The file is missing, no evidence, of an unknown format, holds nothing that can be used, or the store cannot be
        written.
    """
    merge = Merge()
    try:
        with opened(path) as handle:
            file = Archive(handle)
            _require_format(file, path)
            Importing(store, file, merge).run()
    except FileNotFoundError:
        raise DqError(f"there is no file {path}", "name one that dqsuite evidence export wrote") from None
    except (ValueError, OSError) as error:
        raise DqError(f"{path} is no readable evidence file ({said(error)})", _READ_AGAIN) from error
    if merge.damaged and not merge.added + merge.present:
        name = merge.damaged[0]
        raise DqError(f"nothing in {path} can be used; {name}, the first of it: {merge.reasons[name]}", _READ_AGAIN)
    return merge


class Members(Protocol):
    """What is imported: `sizes` has all names, ``kind/name``; `read` raises ValueError for what cannot be read."""

    sizes: dict[str, int]

    def read(self, name: str, most: int, /) -> bytes: ...  # noqa: D102


class Importing:
    """One import: every record is made sure of before it is stored, the cards first."""

    def __init__(self, store: Store, file: Members, merge: Merge) -> None:
        self.store, self.file, self.merge = store, file, merge
        self.truths: dict[str, NDArray[np.int64]] = {}  # as the file has them, which series are packed by
        self.cards: dict[str, Card] = {}  # as the store has them now
        self.new: dict[str, tuple[Outcome, bytes]] = {}  # to be stored together
        self.wasted = 0.0

    def run(self) -> None:
        """Merge all that the file holds."""
        ways = {CARDS: self._merge_card, OUTCOMES: self._merge_outcome, SERIES: self._merge_series}
        index = read_index(self.file.read)
        for kind, merge in ways.items():
            for member in [each for each in self.file.sizes if each.startswith(f"{kind}/")]:
                if member in index and has_just(self.store, index[member]):
                    self.merge.present += len(index[member])
                    continue
                name = member if kind == SERIES else member.partition("/")[2]
                before, known = time.monotonic(), len(self.merge.damaged)
                try:
                    if self.wasted > _WASTED:
                        raise ValueError("it was not read, for too much of the file was damaged")
                    merge(name, self.file.read(member, LARGEST))
                except ValueError as error:
                    self.merge.leave_out(name, error)
                if len(self.merge.damaged) > known:
                    self.wasted += time.monotonic() - before
        if self.new:
            self._store_new()

    def _merge_card(self, name: str, data: bytes) -> None:
        card = whole_card(name, data)
        self.truths[name] = card.y_test
        own = self._card(name)
        if own is None:
            kind = CARDS if card.is_known else FOREIGN_CARDS
            self.store.put_if_absent(kind, name, data)
            self.cards[name] = card
        elif not own.same(card):
            raise ValueError("the store has another card of that data set")

    def _card(self, fingerprint: str) -> Card | None:
        """Return the store's card of a data set, if it has one."""
        for kind in (CARDS, FOREIGN_CARDS):
            if fingerprint in self.cards:
                break
            with contextlib.suppress(KeyError, ValueError):
                self.cards[fingerprint] = whole_card(fingerprint, self.store.get(kind, fingerprint))
        return self.cards.get(fingerprint)

    def _merge_series(self, _: str, data: bytes) -> None:
        """Add the outcomes of a series, each as it was stored where it comes from."""
        for header, arrays in unpack_series(data, self.truths):
            try:
                self._add(Outcome.of_record(header, arrays), partial(pack, header, **arrays))
            except ValueError as error:
                self.merge.leave_out(_described(header), error)

    def _merge_outcome(self, name: str, data: bytes) -> None:
        if has_just(self.store, {name: digest(data)}):
            self.merge.present += 1
            return
        self._add(whole_outcome(name, data), lambda: data)

    def _add(self, outcome: Outcome, packed: Callable[[], bytes]) -> None:
        """Add an outcome that fits its data set, unless it is there."""
        card = self._card(outcome.fingerprint)
        if card is None:
            raise ValueError("the card of its data set is neither in the file nor in the store")
        if not outcome.fits(card):
            raise ValueError(f"it does not fit the data set {card.name}")
        if outcome.key in self.new or not self._is_absent(outcome):
            self.merge.present += 1
            return
        self.new[outcome.key] = outcome, packed()
        if len(self.new) >= _TOGETHER or sum(len(data) for _, data in self.new.values()) > _BYTES:
            self._store_new()

    def _store_new(self) -> None:
        """Store what was found to be absent; another process may have been faster."""
        written = self.store.put_all_if_absent(OUTCOMES, {name: data for name, (_, data) in self.new.items()})
        self.merge.added += len(written)
        self.merge.present += len(self.new) - len(written)
        for name in self.new.keys() - written:
            self._is_absent(self.new[name][0])
        self.new.clear()

    def _is_absent(self, outcome: Outcome) -> bool:
        """Compare with the store's own, which stays unless it is damaged; tell whether there is none (any more)."""
        try:
            own = whole_outcome(outcome.key, self.store.get(OUTCOMES, outcome.key))
        except KeyError:
            return True
        except ValueError:
            self.store.set_aside(OUTCOMES, outcome.key)
            return True
        if not outcome.same_measurement(own):
            self.merge.differing.append(str(outcome.cell))
        return False


def _described(header: Mapping[str, Any]) -> str:
    """Return what a record that cannot be used says of itself."""
    cell = header.get("cell")
    told = cell if isinstance(cell, dict) else {}
    words = [str(told.get(name, "?"))[:60] for name in ("dataset", "model", "corruption", "repeat")]
    return "{} {} {} repeat {}".format(*words)


def _require_format(file: Archive, path: Path) -> None:
    try:
        found = json_of(file.read(_MANIFEST, 10_000_000))["format"]
    except (LookupError, ValueError, TypeError):
        raise DqError(f"{path} is a zip but no evidence", _READ_AGAIN) from None
    if found not in _READ or isinstance(found, bool):
        raise DqError(
            f"{path} has evidence format {str(found)[:20]}, this version reads {FORMAT}",
            "use the dqsuite that wrote it",
        )
