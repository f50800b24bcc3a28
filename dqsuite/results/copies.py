"""Pictures of a user's data set that stand in it more than once: looked for once, and kept as a note of the store."""

from __future__ import annotations

import json
from dataclasses import asdict

from dqsuite import datasets
from dqsuite.core.grammar import parse_term
from dqsuite.datasets import DATASETS
from dqsuite.datasets.duplicates import Duplicates, Found, Pair, duplicates
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.store import Store

_NOTES = "copies"


def is_own(dataset: str) -> bool:
    """Tell whether a data set is its user's: of published ones it is known how many records they have."""
    name = parse_term(dataset).name
    return name not in DATASETS or DATASETS[name].records is None


AS_GIVEN = "Test labels are taken as given: a wrong one counts against the model."
"""What to say of a user's data set, of whose labels nobody knows how many are wrong."""


def look_for_copies(store: Store, plan: Plan) -> None:
    """Find the copies in a user's data set, where nobody has yet.

    Raises
    ------
    DqError
        The data set cannot be read.
    """
    if is_own(plan.dataset) and copies_in(store, plan.fingerprint) is None:
        found = asdict(duplicates(datasets.load(plan.dataset)))
        store.write_note(_NOTES, _name(plan.fingerprint), json.dumps(found).encode())


def copies_in(store: Store, fingerprint: str) -> Duplicates | None:
    """Return the copies that were found in a data set, None where nobody has looked; a damaged note is none."""
    try:
        noted = json.loads(store.read_note(_NOTES, _name(fingerprint)) or b"null")
        return noted and Duplicates(**{kind: _found(**each) for kind, each in noted.items()})
    except (ValueError, TypeError):
        return None


def _found(count: int, examples: list[tuple[int, int, tuple[str, str]]]) -> Found:
    return Found(int(count), tuple(Pair(int(one), int(other), (*labels,)) for one, other, labels in examples))


def _name(fingerprint: str) -> str:
    return f"{fingerprint}.json"
