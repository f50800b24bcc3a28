"""The one reader of a store: which outcomes are in it, and which of them a comparison takes.

An outcome counts whatever machine measured it. A comparison, such as a case of a claim or a figure, takes one precision
and one variant of each data set: those in which most of what it needs is stored. It never mixes two, and says which.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from dqsuite.core.errors import DqError
from dqsuite.core.sharing import shared_out
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.checking import Checked, checked
from dqsuite.experiment.encoding import LARGEST, OtherVersionError, opened
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import CARDS, FOREIGN_CARDS, OUTCOMES, Store

Say = Callable[[str], None]
_TOGETHER = 500  # records that a process looks at in one go
_MANY = 10_000  # records, from which on other processes are worth their start
_HYPHENS = 2  # in the name of an outcome; a stray file is none

PRECISIONS = ("fp32", "bf16")
"""Those that an outcome may be in; the first is taken where as much is stored in both."""


@dataclass(frozen=True)
class Selection:
    """What a comparison takes: one precision, and the fingerprint of one variant of each data set by its name.

    A data set of which nothing is stored has no variant.
    """

    precision: str
    variants: Mapping[str, str]

    def key(self, cell: Cell) -> str | None:
        """Return the name of the outcome that stands for a cell, whatever its own precision; None without a variant."""
        fingerprint = self.variants.get(cell.dataset)
        return f"{_start_of_key(cell, self.precision)}-{fingerprint}" if fingerprint else None

    @property
    def data(self) -> str:
        """The data sets with their fingerprints, ``cifar10@0123456789abcdef``, joined by commas."""
        return ", ".join(f"{name}@{fingerprint}" for name, fingerprint in sorted(self.variants.items()))


class Reader:
    """Reads a store, each record once. What is damaged is said and set aside, and counts as not there.

    Parameters
    ----------
    store : Store
    say : callable
        Takes each line that a user should read.
    precision : str
        ``any``, or the one of `PRECISIONS` that outcomes must be in.
    processes : int
        How many others may look at records, where there are very many: see `dqsuite.core.sharing`.

    Attributes
    ----------
    outdated : set of str
        The outcomes that were asked for, are not stored, and are by another version of dqsuite: these are not used.
    unchecked : set of str
        The fingerprints of the data sets whose card came with evidence, and was not held against the data here.
    """

    def __init__(self, store: Store, say: Say, precision: str = "any", processes: int = 1) -> None:
        if precision not in ("any", *PRECISIONS):
            raise DqError(f"unknown precision {precision!r}", f"use any, {' or '.join(PRECISIONS)}")
        self.store, self.say, self.processes = store, say, processes
        self.precisions = PRECISIONS if precision == "any" else (precision,)
        self.outdated: set[str] = set()
        self.unchecked: set[str] = set()
        self._names: frozenset[str] | None = None
        self._ordered: list[str] = []
        self._counts: Counter[str] = Counter()
        self._outcomes: dict[str, Outcome | None] = {}
        self._cards: dict[str, Card] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names of the outcomes that were stored when the reader looked last."""
        if self._names is None:
            self.refresh()
        assert self._names is not None
        return self._names

    def refresh(self) -> bool:
        """Look what the store holds now, and tell whether that is something else: somebody may have trained since."""
        names = frozenset(name for name in self.store.list(OUTCOMES) if name.count("-") == _HYPHENS)
        if names == self._names:
            return False
        self._names = names
        self._counts = Counter(name.rpartition("-")[2] for name in names)
        self._ordered = []
        self._outcomes = {name: outcome for name, outcome in self._outcomes.items() if outcome}
        return True

    def choose(self, cells: Iterable[Cell], precisions: Sequence[str] = ()) -> Selection:
        """Choose the precision and the variants in which most of some cells are stored.

        Where as many are stored in several, fp32 and the variant with the most outcomes in the store are taken. The
        cells stand for those of every precision; `precisions` are the ones to choose from, by default the reader's.
        """
        wanted: dict[str, list[Cell]] = defaultdict(list)
        for cell in cells:
            wanted[cell.dataset].append(cell)
        ranked = [self._ranked(wanted, precision) for precision in precisions or self.precisions]
        return max(ranked, key=lambda each: each[0])[1]  # the first of equals

    def _ranked(self, wanted: Mapping[str, Sequence[Cell]], precision: str) -> tuple[int, Selection]:
        total, variants = 0, {}
        for dataset, cells in wanted.items():
            found = [(self._count(cells, precision, mark), self._counts[mark], mark) for mark in self._marks(dataset)]
            if found:
                count, _, variants[dataset] = max(found)
                total += count
        return total, Selection(precision, variants)

    def _count(self, cells: Iterable[Cell], precision: str, fingerprint: str) -> int:
        return sum(f"{_start_of_key(cell, precision)}-{fingerprint}" in self.names for cell in cells)

    def _marks(self, dataset: str) -> list[str]:
        """Return the fingerprints of the stored variants of a data set."""
        marks = self._counts if self.names else ()
        return [mark for mark in marks if (card := self.card(mark)) and card.name == dataset]

    def stored(self, cells: Sequence[Cell], selection: Selection) -> list[Outcome]:
        """Return the outcomes that stand for cells, those there are, in the cells' order."""
        wanted = [key for cell in cells if (key := selection.key(cell))]
        found = self.outcomes(key for key in wanted if key in self.names)
        if len(found) < len(cells):
            self._note_outdated(wanted)
        return found

    def outcomes(self, names: Iterable[str]) -> list[Outcome]:
        """Return the outcomes of these names that are stored and whole, and fit their data set where its card is."""
        wanted = list(dict.fromkeys(names))
        unread = [name for name in wanted if name not in self._outcomes]
        self._outcomes |= dict.fromkeys(unread)
        self.store.bring(OUTCOMES, unread)
        groups: dict[str, dict[str, Outcome]] = defaultdict(dict)
        processes = self.processes if len(unread) >= _MANY else 1
        for name, outcome in _read(self.store, unread, self.say, processes):
            groups[outcome.fingerprint][name] = outcome
        for fingerprint, group in groups.items():
            card = self.card(fingerprint)
            self._outcomes |= _fitting(group, card, self.say) if card else group
        return [found for name in wanted if (found := self._outcomes[name])]

    def everything(self) -> list[Outcome]:
        """Return every outcome that is stored, in the order of their names."""
        return self.outcomes(sorted(self.names))

    def card(self, fingerprint: str) -> Card | None:
        """Return the card of a data set, or None where it is not stored or damaged."""
        if fingerprint in self._cards:
            return self._cards[fingerprint]
        found = _read_card(self.store, CARDS, fingerprint, self.say)
        if found is None and (found := _read_card(self.store, FOREIGN_CARDS, fingerprint, self.say)):
            self.unchecked.add(fingerprint)
            told = "came with evidence and is unchecked: run dqsuite on that data set once"
            self.say(f"the card of the data set {found.name} {told}")
        if found:
            self._cards[fingerprint] = found
        return found

    def _note_outdated(self, keys: Sequence[str]) -> None:
        """Note the stored outcomes that differ from wanted ones in their versions alone."""
        if not self._ordered:
            self._ordered = sorted(self.names)
        for variable, _, mark in (key.split("-") for key in keys):
            start, end = (bisect_left(self._ordered, f"{variable}{letter}") for letter in "-.")  # "." follows "-"
            self.outdated |= {name for name in self._ordered[start:end] if name.endswith(mark)} - set(keys)


def told_of_outdated(names: Collection[str]) -> list[str]:
    """Return the line about outcomes of another version, which are not used, or none where there are no such."""
    return [f"at least {len(names)} outcomes of another version of dqsuite are not used"] if names else []


@lru_cache(maxsize=2**16)  # a cell is asked for by many cases, and its digest takes some time
def _start_of_key(cell: Cell, precision: str) -> str:
    """Return the name of a cell's outcome without the fingerprint, in a precision."""
    return replace(cell, precision=precision).key("").removesuffix("-")


Named = tuple[str, bytes]
"""The name of a record, and what stands under it."""


def _read(store: Store, names: Iterable[str], say: Say, processes: int) -> Iterator[tuple[str, Outcome]]:
    """Yield the stored outcomes of these names.

    What is damaged is said and set aside, and counts as not there; what another version wrote is said and left.
    """
    foreign = 0
    for part in shared_out(_looked_at, _parts(_stored(store, names, say)), processes):
        for name, found in part:
            if isinstance(found, OtherVersionError):
                foreign += 1
            elif isinstance(found, ValueError):
                _set_aside(store, OUTCOMES, name, found, say)
            else:
                yield name, Outcome.of(found)
    if foreign:
        say(f"{foreign} outcomes were written by another version of dqsuite and are not used")


def _stored(store: Store, names: Iterable[str], say: Say) -> Iterator[Named]:
    """Yield the records of these names that are there."""
    for name in names:
        try:
            yield name, store.get(OUTCOMES, name)
        except KeyError:
            continue
        except ValueError as error:
            _set_aside(store, OUTCOMES, name, error, say)


def _parts(records: Iterator[Named]) -> Iterator[list[Named]]:
    while part := list(islice(records, _TOGETHER)):
        yield part


def _looked_at(records: Sequence[Named]) -> list[tuple[str, Checked | ValueError]]:
    """Return what the records hold, or what is wrong with them."""
    found: list[tuple[str, Checked | ValueError]] = []
    for name, data in records:
        try:
            held = checked(*opened(data, LARGEST))
            found.append((name, held if held.key == name else ValueError("it is not what its name says")))
        except ValueError as error:
            found.append((name, error))
    return found


def _read_card(store: Store, kind: str, fingerprint: str, say: Say) -> Card | None:
    """Return the card of a data set, or None where it is not stored or damaged (which is said)."""
    try:
        card = Card.from_bytes(store.get(kind, fingerprint))
        if card.fingerprint != fingerprint:
            raise ValueError("it is not what its name says")
    except KeyError:
        return None
    except ValueError as error:
        _set_aside(store, kind, fingerprint, error, say)
        return None
    return card


def _set_aside(store: Store, kind: str, name: str, error: ValueError, say: Say) -> None:
    try:
        where = f"it was set aside as {store.set_aside(kind, name)}"
    except DqError as refused:
        where = f"it is left out, for it cannot be set aside: {refused.cause}"
    say(f"a damaged record in {kind} ({error}): {where}")


def _fitting(found: Mapping[str, Outcome], card: Card, say: Say) -> Mapping[str, Outcome]:
    """Return the outcomes that can have been measured on the card's data set, and say how many cannot."""
    fitting = {name: outcome for name, outcome in found.items() if outcome.fits(card)}
    if len(fitting) < len(found):
        say(f"{len(found) - len(fitting)} outcomes do not fit the data set {card.name} and are left out")
    return fitting
