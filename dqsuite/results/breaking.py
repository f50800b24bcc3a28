"""Which classes break first, and how surely: over all classes and all series of doses of a model at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dqsuite.corruptions import CLEAN
from dqsuite.results.doses import series_of
from dqsuite.results.study import Study
from dqsuite.statistics.estimate import Estimate, Interval
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.simultaneous import at_once, lies_below

_ERROR = 0.05


@dataclass(frozen=True)
class Loss:
    """What a class loses of its recall in a condition, against the clean baseline.

    Attributes
    ----------
    estimate : Estimate
        The change, a fraction, negative where recall is lost.
    confidence : float
        Of its interval.
    dose : int
        How many milder conditions stand before this one in its series.
    """

    name: str
    condition: str
    estimate: Estimate
    confidence: float
    dose: int

    @cached_property
    def change(self) -> Interval:
        """The change with its interval."""
        return self.estimate.interval(self.confidence)

    @cached_property
    def sure(self) -> bool:
        """Whether the interval lies below 0."""
        return lies_below(self.estimate, self.confidence)

    @property
    def order(self) -> tuple[int, float]:
        """The milder the dose and the larger the loss, the earlier."""
        return self.dose, self.estimate.mean


@dataclass(frozen=True)
class Breaking:
    """What a study of a model says of its classes.

    Attributes
    ----------
    broken : sequence of Loss
        Of each class that surely loses recall, at the mildest dose at which it does; the first to break first.
    unsure : sequence of Loss
        Of each other class that has test images, the largest loss seen, the largest of them first.
    as_much : sequence of str
        The classes that may lose as much as the first does where it breaks.
    repeats : int
        The fewest of a condition that is compared; 0 where nothing can be.
    """

    broken: Sequence[Loss] = ()
    unsure: Sequence[Loss] = ()
    as_much: Sequence[str] = ()
    repeats: int = 0


def breaking(study: Study, model: str) -> Breaking:
    """Return which classes of a model break first.

    In each series the hardest dose is looked at first, and a milder one where the class surely loses at all harder
    ones: that sequence is fixed before, so it costs no certainty, and the error is shared by the classes and the series
    alone (Bonferroni). A class whose recall varies too much at the hardest dose may still break at any dose by an
    interval for which all classes and conditions share the error. Each way errs to the side of a loss in at most 2.5%
    of studies: in 95% no class is said to break that does not.
    """
    return study.once(("breaking", model), lambda: _breaking(study, model))


def _breaking(study: Study, model: str) -> Breaking:
    damaged = [name for name in study.conditions(model) if name != CLEAN]
    if not damaged or not study.at(model, CLEAN):
        return Breaking()
    series = _series(study, model, damaged)
    found, alone = _losses(study, model, series, len(series)), _losses(study, model, series, len(damaged))
    broken: dict[str, Loss] = {}
    for name in study.card.classes:
        down = [loss for conditions in series if (loss := _mildest(found, conditions, name))]
        sure = [*down, *(loss for loss in alone.values() if loss.name == name and loss.sure)]
        if sure:
            broken[name] = min(sure, key=lambda loss: loss.order)
    unsure: dict[str, Loss] = {}
    for loss in sorted(found.values(), key=lambda loss: loss.estimate.mean):
        if loss.name not in broken:
            unsure.setdefault(loss.name, loss)
    ordered = sorted(broken.values(), key=lambda loss: loss.order)
    repeats = min(len(study.at(model, each)) for each in (CLEAN, *damaged))
    return Breaking(ordered, list(unsure.values()), _as_much(study, model, ordered[0]) if ordered else [], repeats)


def _series(study: Study, model: str, damaged: Sequence[str]) -> list[list[str]]:
    """Return the conditions of each series, the mildest first; one of no series stands alone."""
    found = [[dose.condition for dose in each.doses] for each in series_of(study, model)]
    graded = {name for names in found for name in names}
    return [*found, *([name] for name in damaged if name not in graded)]


Losses = Mapping[tuple[str, str], Loss]


def _losses(study: Study, model: str, series: Sequence[Sequence[str]], shares: int) -> Losses:
    """Return the loss of each condition and class that has test images; so many of each class share the error."""
    clean = study.predictions(model, CLEAN)
    tested = sum(1 for name in study.card.classes if clean.recall(name).size)
    confidence = 1 - _ERROR / (tested * shares)
    found = {}
    for conditions in series:
        for dose, condition in enumerate(conditions):
            for name, each in zip(study.card.classes, study.class_changes(model, condition), strict=True):
                if each.n:
                    found[condition, name] = Loss(name, condition, each, confidence, dose)
    return found


def _mildest(found: Losses, conditions: Sequence[str], name: str) -> Loss | None:
    """Return the loss at the mildest dose down to which a class surely loses recall, None where it does not."""
    mildest = None
    for condition in reversed(conditions):
        loss = found.get((condition, name))
        if loss is None or not loss.sure:
            break
        mildest = loss
    return mildest


def _as_much(study: Study, model: str, first: Loss) -> list[str]:
    """Return the other classes that may lose as much recall in the first one's condition.

    Each is compared with the first at an error of 5% over all classes: so whichever loses most is the first or among
    them, but for 5% of studies, though the first was chosen for its loss.
    """
    after, before = study.predictions(model, first.condition), study.predictions(model, CLEAN)
    if len(after.predicted) != len(before.predicted):
        return [name for name in study.card.classes if name != first.name and before.recall(name).size]
    blocks = {name: after.recall(name) - before.recall(name) for name in study.card.classes if before.recall(name).size}
    names = [name for name in blocks if name != first.name]
    if not names:
        return []
    joint = JointEstimate.of(blocks.values(), list(blocks), low=-1, high=1)
    place = list(blocks).index(first.name)
    apart = at_once(joint.differences([(place, list(blocks).index(name)) for name in names]))
    return [name for name, each in zip(names, apart, strict=True) if each.high >= 0]
