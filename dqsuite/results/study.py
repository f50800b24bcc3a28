"""A study: a grid of cells, and the labelled arrays of their outcomes. The only place that sees all the parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from dqsuite import corruptions, datasets, models
from dqsuite import training as train
from dqsuite.core.errors import DqError
from dqsuite.core.grammar import parse_chain, parse_term
from dqsuite.corruptions import CLEAN, Manifest
from dqsuite.datasets import Card
from dqsuite.experiment.cells import Cell, Plan, Versions
from dqsuite.experiment.encoding import OtherVersionError
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.recipes import Recipe
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from dqsuite.statistics.estimate import Interval, mean_interval
from dqsuite.statistics.metrics import confusion_matrix, relative_matrix, tpr

if TYPE_CHECKING:
    import xarray as xr  # takes a third of a second, which a list of verdicts has no use for

Say = Callable[[str], None]


def plan(
    dataset: str,
    models_wanted: Sequence[str],
    conditions: Sequence[str],
    *,
    recipe: Recipe,
    repeats: int,
    precision: str,
) -> Plan:
    """Name the cells of a grid: the clean baseline and every condition, for every model and repeat.

    Repeats come first in the order, so that a run that is stopped has measured every condition equally often.

    Raises
    ------
    DqError
        A name or a level cannot be read, or the data set cannot be found.
    """
    identity = datasets.identify(dataset)
    chains = list(dict.fromkeys([corruptions.parse(CLEAN), *map(corruptions.parse, conditions)]))
    names = list(dict.fromkeys(models.identify(text).name for text in models_wanted))
    pairs = [(str(chain), name, versions(str(chain), name)) for name, chain in product(names, chains)]
    cells = tuple(
        Cell(identity.name, chain, name, recipe, precision, repeat, found)
        for repeat, (chain, name, found) in product(range(repeats), pairs)
    )
    files = tuple(sorted({pair for chain in chains for pair in chain.files}))
    return Plan(dataset, identity.fingerprint, cells, files)


def versions(corruption: str, model: str) -> Versions:
    """Return the versions of our code that a cell's outcome depends on; outcomes of other versions are not used.

    Needs the canonical texts alone: what is not ours stands in them by digest or version.
    """
    steps = [] if corruption == CLEAN else parse_chain(corruption)
    found = {step.name: corruptions.CORRUPTIONS[step.name].version for step in steps}
    name = parse_term(model).name
    if name in models.MODELS:
        found[name] = models.MODELS[name].version
    return (("train", train.VERSION), *sorted(found.items()))


def _current(cell: Cell) -> bool:
    """Tell whether this version of dqsuite would measure the cell in the same way."""
    try:
        return cell.versions == versions(cell.corruption, cell.model)
    except DqError:  # it names what this version does not know
        return False


@dataclass(frozen=True)
class Study:
    """Outcomes on one data set, of one recipe and precision: models × conditions × repeats."""

    card: Card
    outcomes: tuple[Outcome, ...]

    @property
    def recipe(self) -> Recipe:
        """The recipe that all the cells share."""
        return self.outcomes[0].cell.recipe

    @property
    def models(self) -> list[str]:
        """The models in the order of the cells."""
        return list(dict.fromkeys(outcome.cell.model for outcome in self.outcomes))

    def conditions(self, model: str) -> list[str]:
        """Return the model's conditions, the clean baseline first."""
        found = [condition for trained, condition in self._grid if trained == model]
        return sorted(found, key=lambda condition: condition != CLEAN)

    def at(self, model: str, condition: str) -> list[Outcome]:
        """Return the outcomes of one condition by repeat."""
        return self._grid.get((model, condition), [])

    @cached_property
    def _grid(self) -> dict[tuple[str, str], list[Outcome]]:
        grid: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
        for outcome in sorted(self.outcomes, key=lambda outcome: outcome.cell.repeat):
            grid[outcome.cell.model, outcome.cell.corruption].append(outcome)
        return dict(grid)

    def manifests(self, model: str, condition: str) -> list[Manifest]:
        """Return the realised damage of one condition by repeat."""
        return [Manifest.from_json(dict(outcome.manifest)) for outcome in self.at(model, condition)]

    def predicted(self, model: str, condition: str, epoch: str = "last") -> xr.DataArray:
        """Return the predicted classes (repeat, image) at the ``last`` or the ``best`` epoch."""
        found = self.at(model, condition)
        import xarray as xr

        return xr.DataArray(
            np.stack([outcome.last if epoch == "last" else outcome.best for outcome in found]),
            dims=("repeat", "image"),
            coords={"repeat": [outcome.cell.repeat for outcome in found]},
        )

    def matrix(self, model: str, condition: str, epoch: str = "last") -> xr.DataArray:
        """Return the confusion matrices (repeat, true, predicted), in images."""
        return confusion_matrix(self.card.y_test, self.predicted(model, condition, epoch), self.card.classes)

    def relative(self, model: str, condition: str) -> xr.DataArray | None:
        """Return the averaged matrix minus the clean one's (true, predicted), or None without a baseline."""
        if not self.at(model, CLEAN):
            return None
        return relative_matrix(self.matrix(model, condition), self.matrix(model, CLEAN))

    def accuracy(self, model: str, condition: str, epoch: str = "last") -> Interval:
        """Return the test accuracy with its interval over repeats and images."""
        return mean_interval(self._right(model, condition, epoch).values)

    def accuracy_change(self, model: str, condition: str, against: str = CLEAN) -> Interval | None:
        """Return the accuracy minus that of another condition, paired by repeat and image, or None without a pair."""
        if not self.at(model, condition) or not self.at(model, against):
            return None
        import xarray as xr

        one, other = xr.align(self._right(model, condition), self._right(model, against), join="inner")
        return mean_interval((one - other).values) if one.sizes["repeat"] else None

    def same_level(self, model: str) -> list[tuple[str, str]]:
        """Return the pairs of conditions that do different things to the same amount: shuffle:0.3 and reduce:0.3."""
        found = [condition for condition in self.conditions(model) if condition != CLEAN]
        return [(a, b) for a, b in combinations(found, 2) if _amount(a) == _amount(b)]

    def tpr(self, model: str, condition: str) -> xr.DataArray:
        """Return the TPR of each class, averaged over repeats: (class,)."""
        return tpr(self.matrix(model, condition)).mean("repeat")

    def most_hit(self, model: str, condition: str, count: int = 3) -> list[tuple[str, float]]:
        """Return the classes that lost most TPR against the clean baseline, as (class, change), the worst first."""
        if condition == CLEAN or not self.at(model, CLEAN):
            return []
        change = self.tpr(model, condition) - self.tpr(model, CLEAN)
        worst = [i for i in np.argsort(change.values, kind="stable")[:count] if change.values[i] < 0]
        return [(str(change["class"].values[i]), float(change.values[i])) for i in worst]

    def _right(self, model: str, condition: str, epoch: str = "last") -> xr.DataArray:
        predicted = self.predicted(model, condition, epoch)
        return predicted.copy(data=(predicted.values == self.card.y_test).astype(float))


def _amount(condition: str) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return [(step.value, step.params) for step in parse_chain(condition)]


def read(store: Store, names: Iterable[str], say: Say) -> Iterator[Outcome]:
    """Yield the stored outcomes of these names.

    What is damaged is said and set aside, and counts as not there; what another version wrote is said and left.
    """
    foreign = 0
    for name in names:
        try:
            outcome = Outcome.from_bytes(store.get(OUTCOMES, name))
            if outcome.key != name:
                raise ValueError("it is not what its name says")
            yield outcome
        except KeyError:
            continue
        except OtherVersionError:
            foreign += 1
        except ValueError as error:
            _set_aside(store, OUTCOMES, name, error, say)
    if foreign:
        say(f"{foreign} outcomes were written by another version of dqsuite and are not used")


def read_card(store: Store, fingerprint: str, say: Say) -> Card | None:
    """Return the card of a data set, or None where it is not stored or damaged (which is said)."""
    try:
        card = Card.from_bytes(store.get(CARDS, fingerprint))
        if card.fingerprint != fingerprint:
            raise ValueError("it is not what its name says")
    except KeyError:
        return None
    except ValueError as error:
        _set_aside(store, CARDS, fingerprint, error, say)
        return None
    return card


def _place(condition: str) -> tuple[int, str]:
    """Return where a condition stands in a list: as its first corruption does in the registry."""
    first = CLEAN if condition == CLEAN else parse_chain(condition)[0].name
    return [CLEAN, *corruptions.CORRUPTIONS].index(first), condition


def _set_aside(store: Store, kind: str, name: str, error: ValueError, say: Say) -> None:
    try:
        where = f"it was set aside as {store.set_aside(kind, name)}"
    except DqError as refused:
        where = f"it is left out, for it cannot be set aside: {refused.cause}"
    say(f"a damaged record in {kind} ({error}): {where}")


def fitting_outcomes(outcomes: Iterable[Outcome], card: Card, say: Say) -> tuple[Outcome, ...]:
    """Return the outcomes that can have been measured on the card's data set, and say how many cannot."""
    found = list(outcomes)
    fitting = tuple(outcome for outcome in found if _fits(outcome, card))
    if len(fitting) < len(found):
        say(f"{len(found) - len(fitting)} outcomes do not fit the data set {card.name} and are left out")
    return fitting


def _fits(outcome: Outcome, card: Card) -> bool:
    k = len(card.classes)
    try:
        manifest = Manifest.from_json(dict(outcome.manifest))
    except (KeyError, TypeError, ValueError):
        return False
    return (
        outcome.last.shape == card.y_test.shape
        and max(outcome.last.max(initial=0), outcome.best.max(initial=0)) < k
        and manifest.transitions.shape == (k, k)
    )


def load_study(store: Store, wanted: Plan, say: Say) -> Study | None:
    """Return the study of the plan's cells that are stored, or None where there are none yet.

    A missing card is written again from the data set.
    """
    outcomes = tuple(read(store, map(wanted.key, wanted.cells), say))
    if not outcomes:
        return None
    card = read_card(store, wanted.fingerprint, say)
    if card is None:
        card = datasets.load(wanted.dataset).card()
        store.put_if_absent(CARDS, card.fingerprint, card.to_bytes())
    fitting = fitting_outcomes(outcomes, card, say)
    return Study(card, fitting) if fitting else None


def load_studies(store: Store, say: Say) -> list[Study]:
    """Return every study in a store, without the data sets: one for each data set, recipe and precision."""
    return group(store, read(store, sorted(store.list(OUTCOMES)), say), say)


def group(store: Store, outcomes: Iterable[Outcome], say: Say) -> list[Study]:
    """Return the studies of a store's outcomes: one for each data set, recipe and precision."""
    groups: dict[tuple[str, str, Recipe, str], list[Outcome]] = defaultdict(list)
    outdated = 0
    for outcome in outcomes:
        cell = outcome.cell
        if _current(cell):
            groups[cell.dataset, outcome.fingerprint, cell.recipe, cell.precision].append(outcome)
        else:
            outdated += 1
    if outdated:
        say(f"{outdated} outcomes were measured by another version of dqsuite and are not used")
    studies = []
    for (_, fingerprint, _, _), found in groups.items():
        card = read_card(store, fingerprint, say)
        if card is None:
            say(f"{len(found)} outcomes on data set {fingerprint} are left out: its card is missing; run it once")
        elif fitting := fitting_outcomes(found, card, say):
            studies.append(Study(card, tuple(sorted(fitting, key=lambda o: (o.cell.model, _place(o.cell.corruption))))))
    return studies
