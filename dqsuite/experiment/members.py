"""What an evidence file has beside its manifest and cards: series of outcomes, single ones, an index of both."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from dqsuite.core.errors import DqError
from dqsuite.core.foreign import json_as
from dqsuite.experiment.card import Card
from dqsuite.experiment.encoding import unpack
from dqsuite.experiment.series import fits, pack_series
from dqsuite.experiment.store import OUTCOMES, Store

SERIES, INDEX = "series", "index.json"
_MOST = 32  # outcomes of a series
_LONGEST_INDEX = 2**26  # bytes: of 700,000 outcomes

Index = dict[str, dict[str, str]]
"""By member the names of its outcomes, and digests of the bytes that these are stored as."""


def members(store: Store, names: Sequence[str], cards: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the members that hold the outcomes of these names, as names and bytes, and the index at the end."""
    index: Index = {}
    conditions: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for name in names:
        data = _own(store, OUTCOMES, name)
        if found := _condition(data):
            conditions[found[0]].append((found[1], name))
        else:
            index[f"{OUTCOMES}/{name}"] = {name: digest(data)}
            yield f"{OUTCOMES}/{name}", data
    truths = {name: Card.from_bytes(data).y_test for name, data in cards.items()}
    alike = [sorted(conditions[condition]) for condition in sorted(conditions)]
    parts = [found[first : first + _MOST] for found in alike for first in range(0, len(found), _MOST)]
    for number, part in enumerate(parts):
        records = {name: _own(store, OUTCOMES, name) for _, name in part}
        digests = {name: digest(data) for name, data in records.items()}
        try:
            yield f"{SERIES}/{number:05}", pack_series([unpack(data) for data in records.values()], truths)
            index[f"{SERIES}/{number:05}"] = digests
        except ValueError:  # together they are too large
            yield from ((f"{OUTCOMES}/{name}", data) for name, data in records.items())
            index |= {f"{OUTCOMES}/{name}": {name: found} for name, found in digests.items()}
    yield INDEX, json.dumps(index, separators=(",", ":")).encode()


def digest(data: bytes) -> str:
    """Return what tells a record's bytes from others."""
    return hashlib.sha256(data).hexdigest()[:16]


def _condition(data: bytes) -> tuple[str, int] | None:
    """Return what an outcome shares with the other repeats of its condition, and its repeat; None where none fit."""
    record = header, arrays = unpack(data)
    cell = dict(header["cell"])
    repeat, last = int(cell.pop("repeat")), arrays["last"]
    shared = [cell, header["fingerprint"], len(last), last.dtype.str]
    return (json.dumps(shared, sort_keys=True), repeat) if fits(record) else None


def _own(store: Store, kind: str, name: str) -> bytes:
    try:
        return store.get(kind, name)
    except (KeyError, ValueError) as error:
        raise DqError(f"the store's record {kind}/{name} cannot be read ({error})", "remove it") from error


def read_index(read: Callable[[str, int], bytes]) -> Index:
    """Return the index of a file, of which `read` gives members; one that is missing or damaged is empty."""
    try:
        return json_as(read(INDEX, _LONGEST_INDEX), Index)
    except ValueError:
        return {}


def has_just(store: Store, digests: Mapping[str, str]) -> bool:
    """Tell whether a store has outcomes of these names, with these very bytes, one at least."""
    try:
        store.bring(OUTCOMES, digests)
        return bool(digests) and all(digest(store.get(OUTCOMES, name)) == found for name, found in digests.items())
    except (KeyError, ValueError):
        return False
