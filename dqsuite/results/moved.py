"""What moved between two studies of the same kind, such as before and after a change of data or model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dqsuite.corruptions import CLEAN
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.results.study import Study
from dqsuite.statistics.estimate import Estimate, Interval, change, difference, rate
from dqsuite.statistics.simultaneous import at_once


@dataclass(frozen=True)
class Change:
    """How an accuracy or a recall differs from before, a fraction; the intervals of a comparison cover all at once."""

    model: str
    condition: str
    what: str
    by: Interval

    @property
    def moved(self) -> bool:
        """Whether it is beyond its interval."""
        return self.by.low > 0 or self.by.high < 0

    @property
    def fell(self) -> bool:
        """Whether it is what nobody wants: the clean accuracy or a recall is lower than before."""
        return self.by.high < 0 and (self.what != "accuracy" or self.condition == CLEAN)


def changes(after: Study, before: Study) -> list[Change]:
    """Compare what both have: accuracy and the recall of each class, of every model and condition.

    Test images are paired where the data are the same. Models are the same by their names, whatever their digests.
    """
    found = list(_estimates(after, before))
    intervals = at_once([each for _, _, _, each in found])
    return [
        Change(model, condition, what, by) for (model, condition, what, _), by in zip(found, intervals, strict=True)
    ]


def bare(name: str) -> str:
    """Return the name of a model or data set without the digest of what it is at."""
    return re.sub("@[^;]*", "", name)


def _estimates(after: Study, before: Study) -> Iterator[tuple[str, str, str, Estimate]]:
    earlier = {bare(model): model for model in before.models}
    same = after.card.fingerprint == before.card.fingerprint
    for model in after.models:
        if bare(model) not in earlier:
            continue
        for condition in after.conditions(model):
            if not before.at(earlier[bare(model)], condition):
                continue
            now, then = after.predictions(model, condition), before.predictions(earlier[bare(model)], condition)
            for what, one, other in _scores(now, then):
                yield bare(model), condition, what, _change(one, other, paired=same)


def _scores(now: Predictions, then: Predictions) -> Iterator[tuple[str, Scores, Scores]]:
    yield "accuracy", now.right(), then.right()
    for name in now.classes:
        if name in then.classes:
            one, other = now.recall(name), then.recall(name)
            if one.size and other.size:
                yield f"recall({name})", one, other


def _change(after: Scores, before: Scores, *, paired: bool) -> Estimate:
    if not paired:
        return difference(rate(after), rate(before))
    repeats = min(len(after), len(before))
    return change(np.asarray(after[:repeats]), np.asarray(before[:repeats]))
