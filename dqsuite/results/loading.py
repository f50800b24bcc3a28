"""The study of what a plan asks for, out of a store."""

from __future__ import annotations

from dqsuite import datasets
from dqsuite.core.errors import DqError
from dqsuite.experiment.card import Card
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.store import Store
from dqsuite.results.copies import copies_in
from dqsuite.results.reader import Reader, Say
from dqsuite.results.study import Study


def load_study(store: Store, wanted: Plan, say: Say) -> Study | None:
    """Return the study of the plan's cells that are stored, or None where there are none yet.

    A card that is missing, or came with evidence, is derived from the data set, which is at hand.

    Raises
    ------
    DqError
        The data set has changed since the plan was made.
    """
    reader = Reader(store, say)
    outcomes = reader.outcomes(map(wanted.key, wanted.cells))
    if not outcomes:
        return None
    card = reader.card(wanted.fingerprint)
    if card is None or wanted.fingerprint in reader.unchecked:
        own = Card.of(datasets.load(wanted.dataset))
        if own.fingerprint != wanted.fingerprint:
            raise DqError(f"the data set {wanted.dataset} changed while it was being read", "run it again")
        if card and not card.same(own):
            say(f"the card of {own.name} that came with evidence is false: the labels of the data set are used")
        own.keep(store)
        return load_study(store, wanted, say)  # now they can be held against it
    return Study(card, tuple(outcomes), copies_in(store, wanted.fingerprint))
