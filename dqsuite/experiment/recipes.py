"""Training settings, frozen, each constant with where it comes from.

*stated* by the source, *inferred* from something the source points at, or *ours*. A recipe is part of a cell's
identity through its values; its name is a label only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import parse_term
from dqsuite.core.registry import Registry


class Sourced(NamedTuple):
    """A constant, where it comes from (``stated``, ``inferred``, ``ours`` or ``yours``), and why."""

    value: Any
    origin: str
    note: str = ""


_FEW_OF_A_BATCH = 1 / 8  # as docs/advice.md measured, on batches of 64


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a model is trained, apart from the data, the model and the seed."""

    name: str = field(default="", compare=False)
    epochs: int = 0  # passes over the training set at most; 0: bounded by updates alone
    updates: int = 0  # optimiser steps at most; 0: bounded by epochs alone
    batch_size: int = 128  # records
    optimizer: str = "sgd"  # sgd (heavy ball), adam or rmsprop (both with Keras' constants)
    learning_rate: float = 0.05
    momentum: float = 0.0  # of sgd
    weight_decay: float = 0.0  # added to the gradient as weight_decay * weight
    decayed: str = "all"  # which parameters decay: all, or convolutions (their kernels alone)
    schedule: str = "constant"  # constant, or linear: falling to zero just after the last update
    milestones: tuple[tuple[int, float], ...] = ()  # (epoch, factor): from that epoch on the rate is multiplied
    scaling: str = "unit"  # of the pixels: unit (0..1), zscore (over all pixels), channel (z-score of each channel)
    flip: float = 0.0  # probability of a horizontal flip
    crop: int = 0  # pixels of zero padding around, before a random crop of the original size
    rotation: float = 0.0  # degrees, uniform in plus or minus
    shift: float = 0.0  # fraction of the side, uniform in plus or minus, in both directions
    measured: int = 1  # epochs from one measurement on the test set to the next; the last epoch always is one
    validation: str = "clean"  # labels of the test set that best epoch, patience and plateau go by: clean or damaged
    patience: int = 0  # epochs without a better validation accuracy before training stops; 0: never
    plateau_patience: int = 0  # epochs without a gain above plateau_delta before the rate falls; 0: never
    plateau_factor: float = 1.0  # by which the rate then falls
    plateau_delta: float = 0.0  # fraction of validation accuracy that counts as a gain
    fit: bool = False  # stop once every training record is predicted as labelled, in evaluation mode
    fit_sample: int = 0  # records, always the same, tried before all of them; 0: all, once training met 95% right
    repair: float = 0.0  # fraction of its updates that a second stage then makes on other data; 0: no such stage
    repaired: str = "clean"  # condition of those data, whose passes the epochs count; the damaged ones get the updates
    counted: str = ""  # condition whose passes the epochs count: all conditions make its updates; empty: its own passes

    def __post_init__(self) -> None:
        checks = {
            "epochs or updates": self.epochs > 0 or self.updates > 0,
            "batch_size": self.batch_size > 0,
            "learning_rate": self.learning_rate > 0,
            "optimizer": self.optimizer in ("sgd", "adam", "rmsprop"),
            "schedule": self.schedule in ("constant", "linear"),
            "scaling": self.scaling in ("unit", "zscore", "channel"),
            "decayed": self.decayed in ("all", "convolutions"),
            "validation": self.validation in ("clean", "damaged"),
            "measured": self.measured == 1 or (self.measured > 1 and not self._watched),
            "fit_sample": self.fit_sample == 0 or (self.fit_sample > 0 and self.fit),
            "repair": 0 <= self.repair <= 1,
        }
        for name, good in checks.items():
            if not good:
                raise DqError(f"the recipe's {name} is out of range", "numbers are above 0, names known ones")
        if self.counted and (self._watched or self.repair):
            raise DqError(
                "a recipe that makes as many updates on all data makes a fixed number of them, in one stage",
                "leave out patience, plateau_patience, fit and repair (which makes as many updates anyway)",
            )
        if self.repair and (self._watched or self.schedule == "linear"):
            raise DqError(
                "a recipe that repairs makes a fixed number of updates, and goes on at the last rate, above 0",
                "leave out patience, plateau_patience and fit, and let the schedule be constant, with milestones",
            )

    def __hash__(self) -> int:
        return hash((self.epochs, self.updates, self.batch_size, self.learning_rate))  # enough: there are few recipes

    @property
    def _watched(self) -> bool:
        """Whether each epoch's accuracy decides what comes next."""
        return bool(self.patience or self.plateau_patience or self.fit)

    def left_over(self, records: int) -> int:
        """Return how many are in an epoch's last batch if its update is mostly noise, else 0; one alone is left out."""
        left = records % self.batch_size
        return left if 1 < left < _FEW_OF_A_BATCH * self.batch_size < records else 0

    @property
    def about(self) -> str:
        """One line for a list."""
        bound = f"{self.epochs} epochs" if self.epochs else f"{self.updates} updates"
        stop = ", until the training set is fitted" if self.fit else ", stops early" if self.patience else ""
        drawn = [name for name in ("flip", "crop", "rotation", "shift") if getattr(self, name)]
        seen = f", augmented ({', '.join(drawn)})" if drawn else ""
        then = f", then {self.repair:g} of that on {self.repaired} data" if self.repair else ""
        bound += f" of the {self.counted} data" if self.counted else ""
        return f"{bound} at most, batch {self.batch_size}, {self.optimizer} {self.learning_rate:g}{stop}{then}{seen}"

    def values(self) -> dict[str, Any]:
        """Return the settings that are not at their defaults, in JSON's types: what makes two recipes the same.

        So a new setting, off by default, leaves every stored outcome its key; a default must never change.
        """
        values = {key: value for key, value in self.settings().items() if value != _DEFAULTS[key]}
        if "milestones" in values:
            values["milestones"] = [list(pair) for pair in self.milestones]
        return values

    def settings(self) -> dict[str, Any]:
        """Return every setting but the name."""
        return {setting.name: getattr(self, setting.name) for setting in dataclasses.fields(self)[1:]}

    @classmethod
    def from_values(cls, name: str, values: Mapping[str, Any]) -> Recipe:
        """Build the recipe back from `values`."""
        milestones = tuple((int(epoch), float(factor)) for epoch, factor in values.get("milestones", ()))
        return cls(**{**values, "name": name, "milestones": milestones})

    def with_settings(self, **changed: Any) -> Recipe:  # noqa: ANN401 - a setting of any type
        """Return a copy with some settings changed by the user, named so that a table shows it."""
        changed = {key: value for key, value in changed.items() if value != getattr(self, key)}
        label = ",".join([self.name, *(f"{key}={value}" for key, value in changed.items())])
        return Recipe.from_values(label, self.values() | changed)


def recipe_named(text: str) -> Recipe:
    """Return the recipe of a name, with the settings that follow it in place of its own.

    >>> recipe_named("standard;learning_rate=0.01;optimizer=adam").optimizer
    'adam'

    Parameters
    ----------
    text : str
        ``NAME[;setting=value]...``; a switch is 0 or 1, milestones are ``EPOCH:FACTOR/EPOCH:FACTOR``.

    Raises
    ------
    DqError
        The recipe or a setting is unknown, or a value is not of its setting's type or range.
    """
    term = parse_term(text)
    if term.value:
        raise DqError(f"recipe {term.name!r} takes no value, but has {term.value!r}", "write NAME;setting=value")
    known = Registry("setting of a recipe", {key: value for key, value in _DEFAULTS.items() if key != "name"})
    changed = {key: _read(key, value, known[key]) for key, value in term.params}
    return RECIPES[term.name].with_settings(**changed)


def _read(key: str, text: str, default: Any) -> Any:  # noqa: ANN401 - a setting of any type
    """Read a setting's value as the type of its default."""
    kinds = {bool: "0 or 1", int: "a whole number from 0", float: "a number from 0", tuple: "EPOCH:FACTOR/EPOCH:FACTOR"}
    try:
        if isinstance(default, tuple):
            pairs = [each.split(":") for each in text.split("/")]
            return tuple((int(epoch), _number(factor)) for epoch, factor in pairs)
        if isinstance(default, bool):
            return {"0": False, "1": True}[text]
        if isinstance(default, int):
            return _number(text, int)
        return _number(text) if isinstance(default, float) else text
    except (ValueError, KeyError):
        raise DqError(
            f"the recipe's {key} must be {kinds[type(default)]}, not {text!r}", f"write ;{key}=VALUE"
        ) from None


def _number(text: str, kind: type = float) -> Any:  # noqa: ANN401 - of the kind
    number = kind(text)
    if not 0 <= number < float("inf"):
        raise ValueError(text)
    return number


_DEFAULTS = {setting.name: setting.default for setting in dataclasses.fields(Recipe)}


def stated(value: Any, note: str = "") -> Sourced:  # noqa: ANN401 - a constant of any type
    """Mark a constant that the source names."""
    return Sourced(value, "stated", note)


def inferred(value: Any, note: str) -> Sourced:  # noqa: ANN401
    """Mark a constant taken from something that the source points at."""
    return Sourced(value, "inferred", note)


def ours(value: Any, note: str = "") -> Sourced:  # noqa: ANN401
    """Mark a constant that the source leaves open."""
    return Sourced(value, "ours", note)


def measured_last(epochs: int) -> dict[str, Sourced]:
    """Return the settings of a small scale that measures its last epoch alone."""
    return {"epochs": ours(epochs), "measured": ours(epochs, "the last epoch alone is judged")}


Table = Mapping[str, Sourced]


def shortened(table: Table, epochs: int, why: str) -> dict[str, Sourced]:
    """Return a table of fewer epochs, whose milestones come as much earlier; what waits for a gain waits as long."""
    found = {**table, "epochs": ours(epochs, why)}
    if milestones := table.get("milestones"):
        share = epochs / table["epochs"].value
        scaled = tuple((round(first * share), factor) for first, factor in milestones.value)
        found["milestones"] = milestones._replace(value=scaled, note=f"{milestones.note}; scaled with the epochs")
    return found


_ORIGINS: dict[str, Table] = {}


def sourced(name: str, table: Table) -> Recipe:
    """Make a recipe of constants that say where they come from."""
    _ORIGINS[name] = table
    return Recipe(name=name, **{key: constant.value for key, constant in table.items()})


def repairing(recipe: Recipe, repaired: str = "clean") -> Recipe:
    """Return a recipe that trains as another one does, then for a fifth of its epochs on the data of a condition.

    Parameters
    ----------
    recipe : Recipe
        Made by `sourced`. It makes as many updates on the damaged data as it would make on the repaired ones.
    repaired : str
        The volume of the scale, or clean.
    """
    second = {"repair": ours(0.2, "a fifth of the epochs"), "repaired": ours(repaired, "what the damage is taken from")}
    return sourced(f"{recipe.name}-repaired", {**_ORIGINS[recipe.name], **second})


def counting(recipe: Recipe, counted: str = "clean") -> Recipe:
    """Return a recipe, made by `sourced`, that makes as many updates on all data as another one makes on a condition.

    Parameters
    ----------
    recipe : Recipe
    counted : str
        The volume of the scale, or clean.
    """
    table = {**_ORIGINS[recipe.name], "counted": ours(counted, "a control: less data, and no fewer updates")}
    return sourced(f"{recipe.name}-updates", table)


_STANDARD = {
    "epochs": ours(20),
    "batch_size": ours(64),
    "optimizer": ours("sgd"),
    "learning_rate": ours(0.02),
    "momentum": ours(0.9),
    "weight_decay": ours(5e-4),
    "schedule": ours("linear"),
    "scaling": ours("channel"),
}

RECIPES: Registry[Recipe] = Registry(
    "recipe",
    {
        name: sourced(name, table)
        for name, table in {
            "standard": _STANDARD,
            "quick": _STANDARD | measured_last(8),
            "quick-narrow": _STANDARD | measured_last(4) | {"batch_size": ours(32)},
        }.items()
    },
    group="dqsuite.recipes",
    of=Recipe,
)


def origins(recipe: Recipe) -> dict[str, Sourced]:
    """Return where each setting comes from; what the source and the recipe leave out is ours, at its default."""
    name = recipe.name.partition(",")[0]
    if name in RECIPES:
        RECIPES[name]  # which imports where its constants come from
    table = _ORIGINS.get(name, {})
    found = {key: table.get(key, ours(value, "default")) for key, value in recipe.settings().items()}
    return {
        key: constant if constant.value == getattr(recipe, key) else Sourced(getattr(recipe, key), "yours")
        for key, constant in found.items()
    }
