"""Clean or collect: what a budget buys, in accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple

import numpy as np

from dqsuite.advice.outlook import Outlook
from dqsuite.advice.response import interval_of
from dqsuite.core.errors import DqError
from dqsuite.experiment.recipes import Recipe
from dqsuite.statistics.estimate import Interval

CLEAN, COLLECT, UNTOLD = "clean", "collect", "cannot be told apart"
_MIXES = 11
_MOST = 100  # times the evidence there is: more is not worth naming


@dataclass(frozen=True)
class Prices:
    """What there is to spend, and what it costs to look at a record's label again, or to collect a labelled record."""

    budget: float
    label: float = 1.0
    record: float = 1.0

    def __post_init__(self) -> None:
        for name, value in (
            ("price of a label", self.label),
            ("price of a record", self.record),
            ("budget", self.budget),
        ):
            if not 0 < value < float("inf"):
                raise DqError(f"the {name} is {value:g}", "give a number above 0")


class Choice(NamedTuple):
    """So many records relabelled, the most suspect first, and so many collected: the cost, and what to expect.

    The budget buys what is left over too: a last batch of each epoch whose update is mostly noise.
    """

    relabelled: int
    collected: int
    left_over: int
    cost: float
    accuracy: Interval
    gain: Interval

    def to_json(self) -> dict[str, Any]:
        """Return JSON's types."""
        return self._asdict() | {"accuracy": self.accuracy._asdict(), "gain": self.gain._asdict()}


@dataclass(frozen=True)
class Decision:
    """What to do with a budget.

    Attributes
    ----------
    choices : tuple of Choice
        From everything for new records to everything for labels.
    best : Choice
        The one of the highest expected accuracy.
    difference : Interval
        Cleaning alone minus collecting alone, of the accuracy: each end is passed in one of twenty cases.
    evidence : int or None
        How many times the repeats and the checked records would tell the two apart, None where no number would.
    """

    choices: tuple[Choice, ...]
    best: Choice
    difference: Interval
    evidence: int | None

    @property
    def collect(self) -> Choice:
        """Everything for new records."""
        return self.choices[0]

    @property
    def clean(self) -> Choice:
        """Everything for labels."""
        return self.choices[-1]

    @property
    def verdict(self) -> str:
        """Which of the two alone is surely the better."""
        if self.difference.low > 0:
            return CLEAN
        return COLLECT if self.difference.high < 0 else UNTOLD

    def to_json(self) -> dict[str, Any]:
        """Return JSON's types."""
        return {
            "verdict": self.verdict,
            "best": self.best.to_json(),
            "clean": self.clean.to_json(),
            "collect": self.collect.to_json(),
            "difference": self.difference._asdict(),
            "evidence": self.evidence,
            "choices": [choice.to_json() for choice in self.choices],
        }


def decide(outlook: Outlook, prices: Prices, recipe: Recipe) -> Decision:
    """Find out what to do with a budget.

    Parameters
    ----------
    outlook : Outlook
    prices : Prices
    recipe : Recipe
        By which the records will be trained on.

    Raises
    ------
    DqError
        It buys neither a label nor a record.
    """
    total = len(outlook.labels.order)
    bought = list(dict.fromkeys(_bought(share, total, prices, recipe) for share in np.linspace(0, 1, _MIXES)))
    if not any(labels or records or left for labels, records, left in bought):
        raise DqError("the budget buys neither a label nor a record", "give a larger one, or the true prices")
    expected = [outlook.after(labels, records) for labels, records, _ in bought]
    choices = tuple(
        Choice(labels, records, left, labels * prices.label + records * prices.record, found.accuracy, found.gain)
        for (labels, records, left), found in zip(bought, expected, strict=True)
    )
    ends = expected[-1].draws - expected[0].draws
    difference = interval_of(ends, outlook.repeats, 0.9)
    best = max(choices, key=lambda choice: choice.accuracy.mean)
    return Decision(choices, best, difference, _evidence(difference))


def _bought(share: float, total: int, prices: Prices, recipe: Recipe) -> tuple[int, int, int]:
    """Return the labels and records to buy with a share of the budget for labels, and the records better left over."""
    labels = min(total, int(share * prices.budget / prices.label + 1e-9))
    rest = 0.0 if share == 1 else prices.budget - labels * prices.label
    records = int(rest / prices.record + 1e-9)
    left = min(records, recipe.left_over(total + records))
    return labels, records - left, left


def _evidence(difference: Interval) -> int | None:
    """Return how many times the evidence would take 0 out of an interval whose half width falls with its root."""
    half = difference.mean - difference.low if difference.mean > 0 else difference.high - difference.mean
    if not difference.mean or (half / difference.mean) ** 2 > _MOST:
        return None
    return ceil((half / difference.mean) ** 2)
