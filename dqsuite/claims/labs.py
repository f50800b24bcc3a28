"""Two labs: one notes what a judge asks for, the other answers from a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from dqsuite import corruptions, study
from dqsuite.cells import Cell
from dqsuite.claims.claim import Case, Claim
from dqsuite.claims.scales import SCALES, Setup
from dqsuite.claims.trials import Trials
from dqsuite.datasets import Card
from dqsuite.datasets.named import CLASSES
from dqsuite.outcome import Outcome
from dqsuite.store import OUTCOMES, Store

_IMAGES = 2  # of each class in noted trials: as few as have a variance


class NotApplicable(Exception):  # noqa: N818 - a verdict, no error
    """The scale has no place for what a judge asks for."""


class NotMeasured(Exception):  # noqa: N818 - a verdict, no error
    """What a judge asks for is not stored."""


def cells_of(claim: Claim, case: Case, scale: str, precision: str) -> list[Cell]:
    """Return the cells that a case needs: those that its judge asks for.

    Raises
    ------
    NotApplicable
        The claim does not name the scale, or the scale has no place for one of its models.
    """
    if scale not in claim.scales:
        raise NotApplicable(f"its criterion means nothing at scale {scale}")
    notes = NotingLab(scale, precision)
    claim.judge(notes, **case)
    return list(dict.fromkeys(notes.cells))


class NotingLab:
    """Notes the cells that a judge asks for, and shows it one repeat in which every image was predicted right."""

    def __init__(self, scale: str, precision: str) -> None:
        self.scale, self.precision = scale, precision
        self.cells: list[Cell] = []

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Trials:
        """Note the cells of a condition. Raises NotApplicable where the scale has no place for them."""
        self.cells += _cells(_setup(self.scale, data, model), condition, self.precision)
        truth = np.repeat(np.arange(len(CLASSES[data])), _IMAGES)
        return Trials(truth, CLASSES[data], truth[None], np.ones((1, 1)))


class StoreLab:
    """Shows what a store holds, of one fingerprint for each data set: the one with the most outcomes."""

    def __init__(self, store: Store, scale: str, precision: str, say: study.Say) -> None:
        self.store, self.scale, self.precision, self.say = store, scale, precision, say
        self.names = set(store.list(OUTCOMES))
        self._fingerprints = Counter(name.rpartition("-")[2] for name in self.names)
        self._trials: dict[tuple[Setup, str, str], Trials] = {}
        self._cards = {mark: study.read_card(store, mark, say) for mark in self._fingerprints}

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Trials:
        """Return the stored trials. Raises NotMeasured where a repeat is missing, NotApplicable as `cells_of`."""
        setup = _setup(self.scale, data, model)
        asked = (setup, condition, epoch or setup.epoch)
        if asked not in self._trials:
            self._trials[asked] = self._read(*asked)
        return self._trials[asked]

    def _read(self, setup: Setup, condition: str, epoch: str) -> Trials:
        card = self._card(setup.dataset)
        names = [cell.key(card.fingerprint) for cell in _cells(setup, condition, self.precision)]
        outcomes = list(study.read(self.store, self.names.intersection(names), self.say))
        if len(outcomes) < len(names):
            raise NotMeasured(f"{setup.model}, {condition}: {len(outcomes)} of {len(names)} repeats are stored")
        return _trials(outcomes, card, epoch)

    def _card(self, dataset: str) -> Card:
        known = [card for card in self._cards.values() if card and card.name == dataset]
        if not known:
            raise NotMeasured(f"nothing on {dataset} is stored")
        return max(known, key=lambda card: self._fingerprints[card.fingerprint])


def _setup(scale: str, data: str, model: str) -> Setup:
    found = SCALES[scale].get((data, model))
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


def _trials(outcomes: Sequence[Outcome], card: Card, epoch: str) -> Trials:
    ordered = sorted(outcomes, key=lambda outcome: outcome.cell.repeat)
    curves = [outcome.curves["test_accuracy"] for outcome in ordered]
    longest = max(map(len, curves))
    padded = [np.pad(curve.astype(float), (0, longest - len(curve)), constant_values=np.nan) for curve in curves]
    predicted = np.stack([outcome.best if epoch == "best" else outcome.last for outcome in ordered])
    return Trials(card.y_test, card.classes, predicted, np.stack(padded))
