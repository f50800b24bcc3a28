"""Two labs: one notes what a judge asks for, the other answers from a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from dqsuite import corruptions
from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.scales import SCALES, Setup
from dqsuite.core.grammar import parse_term
from dqsuite.datasets import Card
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.results import study
from dqsuite.results.predictions import Predictions

_IMAGES = 2  # of each class in noted predictions: as few as have a variance


class NotApplicable(Exception):  # noqa: N818 - a verdict, no error
    """The scale has no place for what a judge asks for."""


class NotMeasured(Exception):  # noqa: N818 - a verdict, no error
    """What a judge asks for is not stored."""


def taken_cases(claim: Claim, scale: str) -> list[str]:
    """Return the names of the claim's cases that a scale judges."""
    return [name for name, _ in claim.named_cases() if SCALES[scale].takes(claim.id, name)]


def require_taken(claim: Claim, case: Case, scale: str) -> None:
    """Raise NotApplicable where a scale does not judge a case."""
    if not SCALES[scale].takes(claim.id, "-".join(case.values())):
        raise NotApplicable(f"its criterion means nothing at scale {scale}")


def cells_of(claim: Claim, case: Case, scale: str, precision: str) -> list[Cell]:
    """Return the cells that a case needs: those that its judge asks for.

    Raises
    ------
    NotApplicable
        As `require_taken`, or the scale has no place for one of the models.
    """
    require_taken(claim, case, scale)
    notes = Requirements(scale, precision)
    claim.judge(notes, **case)
    return list(dict.fromkeys(notes.cells))


class Requirements:
    """Notes the cells that a judge asks for, and shows it one repeat in which every image was predicted right."""

    def __init__(self, scale: str, precision: str) -> None:
        self.scale, self.precision = scale, precision
        self.cells: list[Cell] = []

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Note the cells of a condition. Raises NotApplicable where the scale has no place for them."""
        self.cells += _cells(_setup(self.scale, data, model), condition, self.precision)
        classes = CLASSES[parse_term(data).name]
        truth = np.repeat(np.arange(len(classes)), _IMAGES)
        return Predictions(truth, classes, truth[None], np.ones((1, 1)))


class StoreLab:
    """Shows what a store holds, of one fingerprint for each data set: the one settled on, else that of most outcomes.

    Attributes
    ----------
    outdated : set of str
        The outcomes that were asked for, are not stored, and are by another version of dqsuite: these are not used.
    """

    def __init__(self, store: Store, scale: str, precision: str, say: study.Say) -> None:
        self.store, self.scale, self.precision, self.say = store, scale, precision, say
        self.names: set[str] = set()
        self.outdated: set[str] = set()
        self._fingerprints: Counter[str] = Counter()
        self._settled: dict[str, str] = {}
        self._predictions: dict[tuple[Setup, str, str], Predictions] = {}
        self._cards: dict[str, Card | None] = {}
        self.look()

    def look(self) -> bool:
        """See what the store holds now, and tell whether it is something else: somebody may have trained since."""
        names = set(self.store.list(OUTCOMES))
        if names == self.names:
            return False
        self.names = names
        self._fingerprints = Counter(name.rpartition("-")[2] for name in self.names)
        self._predictions.clear()
        self._cards = {mark: study.read_card(self.store, mark, self.say) for mark in self._fingerprints}
        return True

    def settle_on(self, dataset: str, fingerprint: str) -> None:
        """Take one variant of a data set from now on: the one at hand, which what is missing is trained on."""
        self._settled[dataset] = fingerprint
        self._predictions.clear()

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Return the stored predictions. Raises NotMeasured where a repeat is missing, NotApplicable as `cells_of`."""
        setup = _setup(self.scale, data, model)
        asked = (setup, condition, epoch or setup.epoch)
        if asked not in self._predictions:
            self._predictions[asked] = self._read(*asked)
        return self._predictions[asked]

    def outcomes(self, model: str, condition: str = "clean", *, data: str = "cifar10") -> list[Outcome]:
        """Return the stored repeats of a condition, however few. Raises NotMeasured where there are none."""
        return self._stored(_setup(self.scale, data, model), condition)[0]

    def available(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Return the stored predictions as `at` does, but of however few repeats: for the eye, not for a judge."""
        setup = _setup(self.scale, data, model)
        return _predictions(*self._stored(setup, condition), epoch or setup.epoch)

    def key(self, cell: Cell) -> str:
        """Return the name of the outcome that is taken for a cell. Raises NotMeasured for a data set without any."""
        return cell.key(self._card(cell.dataset).fingerprint)

    def _read(self, setup: Setup, condition: str, epoch: str) -> Predictions:
        outcomes, card = self._stored(setup, condition)
        if len(outcomes) < setup.repeats:
            raise _lacking(setup, condition, len(outcomes))
        return _predictions(outcomes, card, epoch)

    def _stored(self, setup: Setup, condition: str) -> tuple[list[Outcome], Card]:
        card = self._card(setup.dataset)
        cells = _cells(setup, condition, self.precision)
        outcomes = study.fitting_outcomes(self._take(self.names.intersection(map(self.key, cells))), card, self.say)
        if len(outcomes) < len(cells):
            self._note_outdated(cells, card.fingerprint)
        if not outcomes:
            raise _lacking(setup, condition, 0)
        return sorted(outcomes, key=lambda outcome: outcome.cell.repeat), card

    def _note_outdated(self, cells: Sequence[Cell], fingerprint: str) -> None:
        variables = {cell.variable() for cell in cells}
        parts = [(name, *name.split("-")) for name in self.names.difference(map(self.key, cells))]
        self.outdated |= {name for name, variable, _, mark in parts if variable in variables and mark == fingerprint}

    def _take(self, names: Collection[str]) -> list[Outcome]:
        return list(study.read(self.store, names, self.say))

    def _card(self, dataset: str) -> Card:
        known = [card for card in self._cards.values() if card and card.name == dataset]
        if dataset in self._settled:
            known = [card for card in known if card.fingerprint == self._settled[dataset]]
        if not known:
            raise NotMeasured(f"nothing on {dataset} is stored")
        return max(known, key=lambda card: (self._fingerprints[card.fingerprint], card.fingerprint))


def told_of_outdated(names: Collection[str]) -> list[str]:
    """Return the line about outcomes of another version, which are not used, or none where there are no such."""
    return [f"at least {len(names)} outcomes of another version of dqsuite are not used"] if names else []


def _lacking(setup: Setup, condition: str, stored: int) -> NotMeasured:
    return NotMeasured(f"{setup.model}, {condition}: {stored} of {setup.repeats} repeats are stored")


def _setup(scale: str, data: str, model: str) -> Setup:
    found = SCALES[scale].setups.get((data, model))
    if not found:
        raise NotApplicable(f"scale {scale} has no {model} on {data}")
    return found


def _cells(setup: Setup, condition: str, precision: str) -> list[Cell]:
    """Return the cells of a condition, one for each repeat."""
    chain = str(corruptions.parse(setup.condition(condition)))
    return [
        Cell(setup.dataset, chain, setup.model, setup.recipe, precision, repeat, study.versions(chain, setup.model))
        for repeat in range(setup.repeats)
    ]


def _predictions(outcomes: Sequence[Outcome], card: Card, epoch: str) -> Predictions:
    curves = [outcome.curves["test_accuracy"] for outcome in outcomes]
    longest = max(map(len, curves))
    padded = [np.pad(curve.astype(float), (0, longest - len(curve)), constant_values=np.nan) for curve in curves]
    predicted = np.stack([outcome.best if epoch == "best" else outcome.last for outcome in outcomes])
    return Predictions(card.y_test, card.classes, predicted, np.stack(padded))
