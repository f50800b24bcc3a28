"""How the measurements were made: data, recipes, realised damage, machines, versions and time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dqsuite.charts.figures import Table
from dqsuite.charts.numbers import percent
from dqsuite.corruptions import CLEAN, Manifest
from dqsuite.experiment.card import Card
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.recipes import Recipe, origins
from dqsuite.results.reader import Reader

_UNITS = {
    "epochs": "passes",
    "updates": "steps",
    "batch_size": "records",
    "crop": "pixels",
    "rotation": "degrees",
    "shift": "of the side",
    "patience": "epochs",
    "plateau_patience": "epochs",
    "plateau_delta": "of accuracy",
    "flip": "probability",
    "milestones": "(epoch, factor)",
    "learning_rate": "per step",
    "fit_sample": "records",
    "repair": "of the updates",
}
_KINDS = ("device", "convolutions", "torch", "dqsuite", "python", "numpy")


@dataclass(frozen=True)
class Provenance:
    """The tables of how it was made, apart from the recipes, by their captions."""

    tables: dict[str, Table]
    recipes: dict[str, Table]


def provenance_of(reader: Reader, used: Collection[str], since: str) -> Provenance:
    """Return how the outcomes that the report shows were made.

    Parameters
    ----------
    used : names
        The outcomes shown.
    since : str
        When the report before this one was written, as UTC in ISO 8601; empty where there is none.
    """
    outcomes = reader.outcomes(sorted(used))
    tables = {
        "Data sets": _datasets(reader, outcomes),
        "Time and machines": _machines(outcomes),
        "Cells": _cells(reader, outcomes, since),
        "Realised damage": _damage(outcomes),
    }
    recipes = {each.name: each for each in (outcome.cell.recipe for outcome in outcomes)}
    return Provenance(tables, {name: recipe_settings(recipe) for name, recipe in sorted(recipes.items())})


def recipe_settings(recipe: Recipe) -> Table:
    """Return a recipe: setting, value with its unit, where it comes from, why."""
    rows = [
        [name, f"{constant.value} {_UNITS.get(name, '')}".strip(), constant.origin, constant.note]
        for name, constant in origins(recipe).items()
    ]
    return Table(["setting", "value", "origin", "why"], rows)


def _datasets(reader: Reader, outcomes: Sequence[Outcome]) -> Table:
    shown = Counter(outcome.fingerprint for outcome in outcomes)
    stored = Counter(outcome.fingerprint for outcome in reader.everything())
    cards = {mark: reader.card(mark) for mark in stored}
    names = {card.name for mark, card in cards.items() if card and shown[mark]}
    rows = [
        _dataset(card, mark in reader.unchecked, shown[mark], stored[mark])
        for mark, card in cards.items()
        if card and card.name in names
    ]
    note = "Outcomes of two variants of a data set are never mixed: the one with the most outcomes is judged."
    columns = ["data set", "fingerprint", "variant", "training images", "test images", "size", "outcomes shown"]
    return Table(columns, sorted(rows), note)


def _dataset(card: Card, unchecked: bool, shown: int, stored: int) -> list[str]:
    size = " × ".join(map(str, card.image_shape))
    count = f"{shown} of {stored}"
    variant = card.variant or ("unchecked: it came with evidence" if unchecked else "")
    return [card.name, card.fingerprint, variant, f"{card.n_train:,}", f"{len(card.y_test):,}", size, count]


def _machines(outcomes: Sequence[Outcome]) -> Table:
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.cell.dataset, outcome.cell.model].append(outcome)
    rows = [
        [data, model, f"{len(found)}", _hours(found), *_provenance(found)] for (data, model), found in groups.items()
    ]
    return Table(["data set", "model", "trainings", "time", *_KINDS, "precision"], sorted(rows))


def _hours(outcomes: Iterable[Outcome]) -> str:
    seconds = sum(float(outcome.provenance["seconds"]) for outcome in outcomes)
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds:.0f} s"


def _provenance(outcomes: Sequence[Outcome]) -> list[str]:
    told = defaultdict[str, set[str]](set)
    for outcome in outcomes:
        for kind, value in outcome.provenance.items():
            told[kind].add(str(value))
    found = [sorted(told[kind]) for kind in _KINDS]
    return [", ".join(values) for values in [*found, sorted({outcome.cell.precision for outcome in outcomes})]]


def _cells(reader: Reader, outcomes: Sequence[Outcome], since: str) -> Table:
    fresh = sum(since < str(outcome.provenance.get("finished", "")) for outcome in outcomes) if since else 0
    rows = [["shown here", f"{len(outcomes)}", _hours(outcomes)]]
    if since:
        rows += [
            [f"fresh since the report before, {since}", f"{fresh}", ""],
            ["from the store as they were", f"{len(outcomes) - fresh}", ""],
        ]
    rows.append(["stored in all", f"{len(reader.everything())}", _hours(reader.everything())])
    return Table(["cells", "number", "training time"], rows)


def _damage(outcomes: Sequence[Outcome]) -> Table:
    groups: dict[tuple[str, str], list[Manifest]] = defaultdict(list)
    for outcome in outcomes:
        manifest = outcome.damage
        groups[outcome.cell.dataset, outcome.cell.corruption].append(manifest)
    rows = [_realised(*key, found) for key, found in sorted(groups.items()) if key[1] != CLEAN]
    columns = [
        "data set",
        "condition",
        "labels made wrong",
        "in the classes",
        "records kept",
        "images changed",
        "trainings",
    ]
    return Table(
        columns, rows, "Means over trainings; the label before the damage against the one that was trained on."
    )


def _realised(data: str, condition: str, manifests: Sequence[Manifest]) -> list[str]:
    return [
        data,
        condition,
        percent(float(np.mean([manifest.effective_rate for manifest in manifests]))),
        _class_range(manifests),
        f"{np.mean([manifest.records_after for manifest in manifests]):,.0f}",
        f"{np.mean([manifest.images_changed for manifest in manifests]):,.0f}",
        f"{len(manifests)}",
    ]


def _class_range(manifests: Sequence[Manifest]) -> str:
    """Return the lowest and the highest share of wrong labels among the classes."""
    totals = np.sum([manifest.transitions for manifest in manifests], axis=0)
    kept = totals.sum(1)
    wrong = (kept - np.diagonal(totals))[kept > 0] / kept[kept > 0]
    return f"{percent(wrong.min())} to {percent(wrong.max())}" if len(wrong) else ""
