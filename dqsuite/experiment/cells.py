"""A cell names a random variable: what is trained, on what, damaged how, and which repeat.

Names and numbers only, so that it prints, pickles and hashes; files stand in it by their digest. Device, threads and
versions of the libraries are provenance and no part of it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dqsuite.corruptions.chain import Chain
from dqsuite.experiment.encoding import FORMAT
from dqsuite.experiment.recipes import Recipe

Versions = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)  # of which a store may have a hundred thousand
class Cell:
    """One training: data set × corruptions × model × recipe × precision × repeat, and the versions of our code.

    A version number rises when the distribution of outcomes changes, not when code gets faster.
    """

    dataset: str
    condition: Chain
    model: str
    recipe: Recipe
    precision: str
    repeat: int
    versions: Versions

    @property
    def corruption(self) -> str:
        """The canonical text of the condition, for keys, labels and people."""
        return str(self.condition)

    def __str__(self) -> str:
        return f"{self.dataset} {self.model} {self.corruption} repeat {self.repeat}"

    def to_json(self) -> dict[str, Any]:
        """Return the cell as JSON's types."""
        plain = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        plain["corruption"] = str(plain.pop("condition"))
        return plain | {"recipe": self.recipe.values(), "recipe_name": self.recipe.name}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Cell:
        """Build the cell back from `to_json`."""
        values = dict(values)
        recipe = Recipe.from_values(values.pop("recipe_name"), values.pop("recipe"))
        versions = tuple((str(name), int(number)) for name, number in values.pop("versions"))
        condition = Chain.of(values.pop("corruption"))
        return cls(**values, condition=condition, recipe=recipe, versions=versions)

    def variable(self) -> str:
        """Return the digest of what is measured, whatever version of our code measures it."""
        begun = _begun(self.dataset, self.condition, self.model, self.recipe, self.precision).copy()
        begun.update(f"{self.repeat}}}".encode())
        return begun.hexdigest()[:24]

    def key(self, fingerprint: str) -> str:
        """Return the name of the outcome in a store: ``variable-versions-fingerprint``.

        Parameters
        ----------
        fingerprint : str
            Of the data set that the cell was or would be trained on.
        """
        return f"{self.variable()}-{_versions_digest(self.versions)}-{fingerprint}"


@dataclass(frozen=True)
class Plan:
    """Cells of one data set, which is named as the user typed it; `notes` is what to say about how that was read."""

    dataset: str
    fingerprint: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()

    def key(self, cell: Cell) -> str:
        """Return the name of the cell's outcome in a store."""
        return cell.key(self.fingerprint)


@lru_cache(maxsize=4096)  # the repeats of a condition differ in the end alone of what is digested
def _begun(dataset: str, condition: Chain, model: str, recipe: Recipe, precision: str) -> hashlib._Hash:
    """Return the digest of what identifies a cell, sorted JSON, begun up to its repeat."""
    plain = {
        "corruption": str(condition),
        "dataset": dataset,
        "model": model,
        "precision": precision,
        "recipe": recipe.values(),
    }
    return hashlib.sha256(f'{_ENCODE(plain)[:-1]},"repeat":'.encode())


@lru_cache(maxsize=1024)  # a plan of many thousand cells has a handful of them
def _versions_digest(versions: Versions) -> str:
    return _digest([FORMAT, versions], 8)


_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def _digest(values: Any, length: int) -> str:  # noqa: ANN401 - whatever JSON can hold
    return hashlib.sha256(_ENCODE(values).encode()).hexdigest()[:length]
