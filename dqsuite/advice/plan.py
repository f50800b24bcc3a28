"""The trainings that an advice takes, by equal updates: which of them fit the data and the budget.

Which pairs of classes are tried depends on the confusions seen before, so a design has steps. What a training is for
stands in its condition (`dqsuite.advice.roles`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dqsuite.advice.matchings import Pair, packed, round_robin
from dqsuite.advice.roles import Roles, merging, swapping
from dqsuite.core.errors import DqError
from dqsuite.corruptions.base import round_half_up
from dqsuite.experiment.card import Card
from dqsuite.results.study import Study

EQUAL_UPDATES = {"counted": "clean", "measured": 1_000_000}
"""Settings of the recipe: all conditions make the updates of the clean data's epochs; the last epoch alone counts."""
REPEATS = (8, 6, 5, 4, 3)  # as many of them as the budget allows
_TAKEN = ("0.3", "0.5", "0.75", "0.875")
_WRONG = ("0.1", "0.2", "0.4")
_SWAPPED = "0.3"
_MERGES = 3
_ALL_PAIRS = 12  # classes at most for damage to be aimed at all pairs, in 11 trainings
_ROUNDS = 6  # at the likeliest pairs, where there are more classes
_PAIRS = 60

Train = Callable[[Sequence[str]], Study]


@dataclass(frozen=True)
class Design:
    """What is trained.

    Attributes
    ----------
    core, aimed, axis : sequences of str
        Conditions: parts of the data and wrong labels; labels swapped within pairs of classes; other damage.
    rounds, merges : int
        Conditions at most that are chosen on the way: more pairs to aim at, and pairs to merge.
    repeats : int
    choices : sequence of int
        What the repeats may be, descending.
    """

    core: tuple[str, ...]
    aimed: tuple[str, ...] = ()
    axis: tuple[str, ...] = ()
    rounds: int = 0
    merges: int = 0
    repeats: int = REPEATS[0]
    choices: tuple[int, ...] = REPEATS

    @property
    def known(self) -> list[str]:
        """The conditions that are known beforehand, without the clean baseline."""
        return list(dict.fromkeys([*self.core, *self.axis, *self.aimed]))

    @property
    def cells(self) -> int:
        """All trainings at most."""
        return (1 + len(self.known) + self.rounds + self.merges) * self.repeats

    def purposes(self) -> list[tuple[str, str]]:
        """Return what each part is for, and its conditions, for a person."""
        later = [
            (self.rounds, "chosen then: labels swapped in the likeliest pairs"),
            (self.merges, "chosen then: pairs merged"),
        ]
        rows = [
            ("learning curve, fragile classes", "clean, " + ", ".join(self.core)),
            ("what other damage is worth", ", ".join(self.axis)),
            ("look-alikes", f"labels swapped within disjoint pairs of classes: {len(self.aimed)} for all pairs"),
        ]
        told = [row for row, part in zip(rows, (self.core, self.axis, self.aimed), strict=True) if part]
        return [*told, *(("look-alikes", f"{count} {what}") for count, what in later if count)]

    def ways(self, own: Sequence[str]) -> list[Design]:
        """Return the design and smaller ones, the best first; conditions of the user's own are in all of them."""
        bare, few = replace(self, axis=tuple(own)), self.choices[-1]
        least = [bare, replace(bare, merges=0), replace(bare, merges=0, aimed=(), rounds=0)]
        found = [
            *(replace(self, repeats=each) for each in self.choices),
            *(replace(each, repeats=few) for each in least),
        ]
        return list(dict.fromkeys(found))

    def within(self, cells: float, own: Sequence[str]) -> Design:
        """Return the best of the `ways` that has no more than so many trainings.

        Raises
        ------
        DqError
            None has.
        """
        ways = self.ways(own)
        for way in ways:
            if way.cells <= cells:
                return way
        raise DqError(
            f"the budget has room for {max(int(cells), 0)} trainings", f"the least plan has {ways[-1].cells}: give more"
        )


def design(card: Card, own: Sequence[str] = (), repeats: int = 0) -> Design:
    """Return all that an advice on a data set could train.

    Parameters
    ----------
    card : Card
    own : sequence of str
        Damage of the user's that is to be placed on the axis too.
    repeats : int
        0 for as many of `REPEATS` as there is room for.

    Raises
    ------
    DqError
        There is one class, or too few records of a class for parts of the data to be trained on.
    """
    trained = [count for count in card.train_histogram if count]
    if len(trained) < 2:
        raise DqError("there is nothing to advise on one class", "give data of two classes or more")
    least = min(trained)
    left = {least - round_half_up(Decimal(part), least): part for part in reversed(_TAKEN)}
    parts = [left[count] for count in sorted(left, reverse=True) if 0 < count < least]
    if len(parts) < 2:
        name = card.classes[card.train_histogram.index(least)]
        raise DqError(f"class {name} is too small to train on parts of it", "give three records of each class or more")
    core = (*(f"reduce:{part};stratified=1" for part in parts), *(f"wrong:{level}" for level in _WRONG))
    axis = ["gaussian:16;fraction=0.5", "long_tail:10", *(["drop_class:0"] if len(trained) > 2 else []), *own]
    pairs = _tested_pairs(card)
    few = len(card.classes) <= _ALL_PAIRS
    rounds = [found for each in round_robin(len(card.classes)) if (found := tuple(p for p in each if p in pairs))]
    return Design(
        core,
        tuple(swapping(each, _SWAPPED, card.classes) for each in rounds) if few else (),
        tuple(axis),
        rounds=0 if few else _ROUNDS,
        merges=min(_MERGES, len(pairs)) if len(trained) > 2 else 0,
        repeats=repeats or REPEATS[0],
        choices=(repeats,) if repeats else REPEATS,
    )


def carried_out(wanted: Design, model: str, train: Train) -> Study:
    """Have a design trained, step by step.

    Parameters
    ----------
    train : callable
        Trains what is missing of a clean baseline and of conditions, by `EQUAL_UPDATES`, and returns the study.
    """
    conditions = wanted.known
    study = train(conditions)
    if wanted.rounds:
        pairs = _likeliest(study, model, {})
        conditions += [swapping(each, _SWAPPED, study.card.classes) for each in packed(pairs[:_PAIRS], wanted.rounds)]
        study = train(conditions)
    if wanted.merges:
        aimed = Roles.of(study, model).aimed
        pairs = _likeliest(study, model, aimed)[: wanted.merges]
        study = train([*conditions, *(merging(pair, study.card.classes) for pair in pairs)])
    return study


def _likeliest(study: Study, model: str, aimed: dict[Pair, str]) -> list[Pair]:
    """Return the pairs by their confusion on clean data, and under damage aimed at them where there is such."""
    clean = study.predictions(model, "clean")
    classes = clean.classes

    def confusion(pair: Pair) -> float:
        conditions = [clean, *([study.predictions(model, aimed[pair])] if pair in aimed else [])]
        ways = [(classes[one], classes[other]) for one, other in (pair, pair[::-1])]
        return float(sum(found.taken(*way).mean() for found in conditions for way in ways) / len(conditions))

    return sorted(_tested_pairs(study.card), key=confusion, reverse=True)


def _tested_pairs(card: Card) -> set[Pair]:
    """Return the pairs of classes that are trained and tested on."""
    used = {index for index, count in enumerate(card.train_histogram) if count} & set(card.y_test.tolist())
    return {(one, other) for one in used for other in used if one < other}
