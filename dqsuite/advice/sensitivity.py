"""Which classes break first: the recall that each loses to wrong labels, or to less data, averaged over the doses.

Each class's curve has the loss at every dose; its sensitivity is their mean, paired by repeat. Which class may be the
most sensitive is a set: that one is in it in 95% of studies, though the first was picked for its loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dqsuite.results.predictions import Predictions
from dqsuite.statistics.estimate import Interval
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.sharpness import repeats_for
from dqsuite.statistics.simultaneous import at_once


@dataclass(frozen=True)
class Fragility:
    """A class's loss of recall, fractions of its test images.

    Attributes
    ----------
    loss : Interval
        The mean over the doses, positive where recall is lost; all classes are covered at once (95%).
    curve : mapping
        The loss by dose, the mildest first; all classes and doses are covered at once (95%).
    """

    name: str
    loss: Interval
    curve: Mapping[float, Interval]


@dataclass(frozen=True)
class Sensitivity:
    """The classes, the most sensitive first.

    Attributes
    ----------
    damage : str
        What is done, for a person.
    classes : sequence of Fragility
        Those with test images, by their mean loss.
    worst : sequence of str
        The classes that may be the most sensitive, the first one first.
    repeats : int or None
        Those that would tell the first from the second, were the truth what was seen; None where only more test images
        would, or where nothing is left to tell.
    """

    damage: str
    classes: Sequence[Fragility]
    worst: Sequence[str]
    repeats: int | None = None

    @property
    def first(self) -> str:
        """The class that surely loses most, empty where that cannot be told."""
        return self.worst[0] if len(self.worst) == 1 and self.classes[0].loss.low > 0 else ""


def sensitivity(damage: str, clean: Predictions, damaged: Mapping[float, Predictions]) -> Sensitivity:
    """Rank the classes by the recall that they lose.

    Parameters
    ----------
    damage : str
        What is done, for a person.
    clean : Predictions
    damaged : mapping
        The predictions by dose, such as the fraction of wrong labels; they share the repeats of the clean ones.

    Raises
    ------
    ValueError
        There is no dose, or fewer than two repeats.
    """
    doses = sorted(damaged)
    names = [name for name in clean.classes if clean.recall(name).size]
    if not doses or len(clean.predicted) < 2:
        raise ValueError("a sensitivity needs a dose and two repeats")
    blocks = [np.stack([clean.recall(name) - damaged[dose].recall(name) for dose in doses], -1) for name in names]
    joint = JointEstimate.of(blocks, low=-1, high=1)
    each = at_once([joint.estimate(index) for index in range(joint.count)])
    curves = [
        dict(zip(doses, each[place : place + len(doses)], strict=True)) for place in range(0, len(each), len(doses))
    ]
    means = joint.combine(np.kron(np.eye(len(names)), np.full((len(doses), 1), 1 / len(doses))), names)
    losses = at_once([means.estimate(index) for index in range(len(names))])
    order = sorted(range(len(names)), key=lambda index: -losses[index].mean)
    found = [Fragility(names[index], losses[index], curves[index]) for index in order]
    return Sensitivity(damage, found, *_worst(means, order))


def _worst(means: JointEstimate, order: Sequence[int]) -> tuple[list[str], int | None]:
    """Return the first of M statistics and the others that may be as large, and the repeats that would tell.

    Another one is left out if it is surely smaller than the first at an error of 2.5% over all; or if each one is, by a
    comparison for itself at 2.5%: whether the first of all is the largest needs no correction for its having been
    picked (Hung and Fithian, "Rank verification for exponential families", *Annals of Statistics* 47, 2019). So the
    largest is among those that are left in 95% of studies.
    """
    if len(order) == 1:
        return [means.names[order[0]]], None
    apart = means.differences([(order[0], other) for other in order[1:]])
    near = [place for place, each in enumerate(at_once(apart)) if each.low <= 0]
    alone = [each.interval() for each in apart]
    if all(each.low > 0 for each in alone):
        return [means.names[order[0]]], None
    closest = min(range(len(apart)), key=lambda place: alone[place].low)
    gap = apart[closest].mean
    needed = repeats_for(gap, [apart[closest]]) if gap > 0 else None
    return [means.names[order[0]], *(means.names[order[place + 1]] for place in near)], needed


def most(means: JointEstimate) -> tuple[list[str], int | None]:
    """Return which of M statistics may be the largest, the largest seen first, and the repeats that would tell.

    The repeats are None where only more test images would tell, or nothing is left to tell.
    """
    return _worst(means, sorted(range(means.count), key=lambda index: -means.means[index]))
