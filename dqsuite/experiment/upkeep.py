"""What a store holds, whether it is whole, and what may go: leftovers of killed runs and outcomes of other versions."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from dqsuite.experiment.bucket import Bucket
from dqsuite.experiment.card import Card
from dqsuite.experiment.encoding import OtherVersionError, unpack
from dqsuite.experiment.evidence import whole_card, whole_outcome
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import is_current
from dqsuite.experiment.store import CARDS, CONFIDENCES, FOREIGN_CARDS, OUTCOMES, Store

_OLD_S = 86_400.0  # after which nobody works on a temporary file or a reservation any more
KINDS = (OUTCOMES, CARDS, FOREIGN_CARDS, CONFIDENCES)
OF_AN_OUTCOME = (CONFIDENCES, OUTCOMES)
Group = tuple[str, str, str, str]
"""Data set with fingerprint, model, recipe and precision."""


@dataclass(frozen=True)
class Fault:
    """A record that cannot be used, and why."""

    kind: str
    name: str
    reason: str


@dataclass(frozen=True)
class Sizes:
    """How many records of a kind there are, and their bytes."""

    records: int
    bytes: int


def sizes(store: Store) -> dict[str, Sizes]:
    """Return what there is of each kind, ``damaged`` among them."""
    found = {}
    for kind in (*KINDS, *(f"damaged/{kind}" for kind in KINDS)):
        each = [size for _, size in store.sizes(kind)]
        found[kind] = Sizes(len(each), sum(each))
    return found


def groups(store: Store) -> dict[Group, Counter[str]]:
    """Return how many outcomes there are of each condition, by what they share; what cannot be read is left out."""
    found: dict[Group, Counter[str]] = {}
    for _, outcome in _outcomes(store):
        if isinstance(outcome, Outcome):
            cell = outcome.cell
            data = f"{cell.dataset}@{outcome.fingerprint}"
            group = data, cell.model, cell.recipe.name, cell.precision
            found.setdefault(group, Counter())[cell.corruption] += 1
    return dict(sorted(found.items()))


def faults(store: Store) -> Iterator[Fault]:
    """Read every record, and yield those that are damaged or do not fit their data set."""
    cards: dict[str, Card] = {}
    for kind in (CARDS, FOREIGN_CARDS):
        found = cards if kind == CARDS else {}
        yield from _faults(store, kind, partial(_read_card, found))
        cards = found | cards
    for name, outcome in _outcomes(store):
        if reason := _fault(outcome, cards):
            yield Fault(OUTCOMES, name, reason)
    yield from _faults(store, CONFIDENCES, lambda name, data: unpack(data))


def _faults(store: Store, kind: str, read: Callable[[str, bytes], object]) -> Iterator[Fault]:
    """Yield the records of a kind that cannot be read."""
    for name in sorted(store.list(kind)):
        try:
            read(name, store.get(kind, name))
        except KeyError:
            continue
        except ValueError as error:
            yield Fault(kind, name, str(error))


def _read_card(found: dict[str, Card], name: str, data: bytes) -> None:
    found[name] = whole_card(name, data)


def _fault(outcome: Outcome | ValueError, cards: Mapping[str, Card]) -> str:
    """Return why an outcome cannot be used, or an empty text."""
    if isinstance(outcome, ValueError):
        return "" if isinstance(outcome, OtherVersionError) else str(outcome)
    card = cards.get(outcome.fingerprint)
    if card is None:
        return "the card of its data set is not stored"
    return "" if outcome.fits(card) else f"it does not fit the data set {card.name}"


@dataclass(frozen=True)
class Leftover:
    """What a killed run has left: where it is, its bytes, and what removes it."""

    where: str
    bytes: int
    remove: Callable[[], None]


def leftovers(store: Store) -> Iterator[Leftover]:
    """Yield what killed runs have left and nobody needs: temporary files, leases, reservations, damaged records."""
    if isinstance(store, Bucket):
        objects = store.objects
        found = [*objects.older(_OLD_S, "reserved", "beats"), *objects.list("damaged")]
        yield from (Leftover(f"{store.name}/{path}", size, partial(objects.remove, path)) for path, size in found)
    for path in sorted([*(store.root / "scratch").glob("*"), *(store.root / "damaged").rglob("*")]):
        if path.is_file() and _is_left(path):
            yield Leftover(str(path), path.stat().st_size, partial(path.unlink, missing_ok=True))


def _is_left(path: Path) -> bool:
    if path.suffix == ".slot":
        return False
    if path.suffix != ".lease":
        return "damaged" in path.parts or time.time() - path.stat().st_mtime > _OLD_S
    try:
        with FileLock(path, timeout=0):
            return True
    except (Timeout, OSError):
        return False


def outdated(store: Store) -> list[str]:
    """Return the names of the outcomes that another version of dqsuite measured, which are not used."""
    return [
        name
        for name, outcome in _outcomes(store)
        if isinstance(outcome, OtherVersionError) or (isinstance(outcome, Outcome) and not is_current(outcome.cell))
    ]


def _outcomes(store: Store) -> Iterator[tuple[str, Outcome | ValueError]]:
    """Yield each outcome, or what stands in the way of reading it, by its name."""
    names = sorted(store.list(OUTCOMES))
    store.bring(OUTCOMES, names)
    for name in names:
        try:
            yield name, whole_outcome(name, store.get(OUTCOMES, name))
        except KeyError:
            continue
        except ValueError as error:
            yield name, error
