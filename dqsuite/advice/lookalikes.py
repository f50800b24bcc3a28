"""Which classes are look-alikes, and whether to merge them, to check their labels, or to leave them.

The confusion of a pair is the share of the one class's test images that is taken for the other, plus that of the other
way: 0 where the two are never confused, 1 where a coin would do as well. A pair's look-alikeness is the mean of its
confusion on clean labels and under damage aimed at it, labels swapped between the two: confusion, and half of its
growth when one tries to confuse (lie1). Swaps in disjoint pairs share a training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dqsuite.advice.matchings import Pair
from dqsuite.advice.sensitivity import most
from dqsuite.results.predictions import Predictions, Scores
from dqsuite.statistics.blocks import Numbers
from dqsuite.statistics.estimate import Interval, change, rate
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.sharpness import repeats_for
from dqsuite.statistics.simultaneous import at_once

COIN = 0.5
"""Confusion from which on two classes count as hardly told apart: half of what a coin would do."""
MERGE, RELABEL, LEAVE, CANNOT_TELL = "merge", "check the labels", "leave", "cannot tell"


@dataclass(frozen=True)
class Merged:
    """Accuracy with the two classes scored as one.

    Attributes
    ----------
    merged, unmerged : Interval
        Trained on the merged classes, and on all of them.
    gain : Interval
        The first minus the second, paired; all merged pairs are covered at once (95%).
    """

    merged: Interval
    unmerged: Interval
    gain: Interval


@dataclass(frozen=True)
class LookAlike:
    """A pair of classes; intervals cover all pairs at once (95%).

    Attributes
    ----------
    names : two str
    alikeness, confusion, growth : Interval
        The look-alikeness; the confusion on clean data; what the aimed damage adds to it.
    direction : Interval
        The share of the first taken for the second minus that of the other way, on clean data.
    advice : str
    reason : str
    merged : Merged or None
        None where merging was not tried.
    """

    names: tuple[str, str]
    alikeness: Interval
    confusion: Interval
    growth: Interval
    direction: Interval
    advice: str
    reason: str
    merged: Merged | None = None


@dataclass(frozen=True)
class LookAlikes:
    """The pairs at which damage was aimed, the most alike first.

    Attributes
    ----------
    most_alike : sequence of two names
        The pairs that may be the most alike, with 95% confidence, the first one first.
    repeats : int or None
        Those that would tell the first from the second; None where only more test images would, or nothing is to tell.
    """

    pairs: Sequence[LookAlike]
    most_alike: Sequence[tuple[str, str]]
    repeats: int | None = None

    @property
    def first(self) -> tuple[str, str] | None:
        """The pair that surely is the most alike, None where that cannot be told."""
        return self.most_alike[0] if len(self.most_alike) == 1 and len(self.pairs) > 1 else None


def look_alikes(
    clean: Predictions, aimed: Mapping[Pair, Predictions], merged: Mapping[Pair, Predictions] | None = None
) -> LookAlikes:
    """Rank pairs of classes by their look-alikeness, and advise on each.

    Parameters
    ----------
    clean : Predictions
    aimed : mapping
        By pair of classes, predictions after damage aimed at it; they share the repeats of the clean ones.
    merged : mapping
        By pair, predictions after training with the one class relabelled as the other.

    Raises
    ------
    ValueError
        There is no pair of classes with test images, or fewer than two repeats.
    """
    tested = {index for index, name in enumerate(clean.classes) if clean.recall(name).size}
    pairs = [pair for pair in aimed if {*pair} <= tested]
    if not pairs or len(clean.predicted) < 2:
        raise ValueError("look-alikes need a pair of classes that have test images, and two repeats")
    count = len(pairs)
    joint = _gathered(clean, aimed, pairs)
    alike = joint.combine(
        np.kron([[0.5], [0.5], [0]], np.eye(count)), ["\0".join(_names(clean, pair)) for pair in pairs]
    )
    seen = {
        "alikeness": at_once([alike.estimate(place) for place in range(count)]),
        "confusion": at_once([joint.estimate(place) for place in range(count)]),
        "growth": at_once(joint.differences([(count + place, place) for place in range(count)])),
        "direction": at_once([joint.estimate(2 * count + place) for place in range(count)]),
    }
    above = _above(joint, count)
    needed = [_needed(joint, place, count) for place in range(count)]
    gains = _gains(clean, merged or {})
    found = []
    for place, pair in enumerate(pairs):
        one = {key: values[place] for key, values in seen.items()}
        advice, reason = _advice(one, above[place], gains.get(pair), needed[place])
        found.append(
            LookAlike(
                _names(clean, pair),
                **one,
                advice=advice,
                reason=reason,
                merged=gains.get(pair),
            )
        )
    found.sort(key=lambda each: -each.alikeness.mean)
    first, repeats = most(alike)
    return LookAlikes(found, [_split(name) for name in first], repeats)


def _gathered(clean: Predictions, aimed: Mapping[Pair, Predictions], pairs: Sequence[Pair]) -> JointEstimate:
    """Return 3 statistics of each of P pairs: P confusions on clean data, P after the aimed damage, P directions.

    A class's images are one block, with the shares that are taken for the other class of each of its pairs.
    """
    columns: dict[int, list[Scores]] = {}
    weights: dict[int, list[Numbers]] = {}
    for number, (one, other) in enumerate(pairs):
        for source, target, sign in ((one, other, 1), (other, one, -1)):
            for kind, found in enumerate((clean, aimed[one, other])):
                columns.setdefault(source, []).append(found.taken(found.classes[source], found.classes[target]))
                weight = np.zeros((3, len(pairs)))
                weight[kind, number], weight[2, number] = 1, sign * (kind == 0)
                weights.setdefault(source, []).append(weight.ravel())
    joint = JointEstimate.of([np.stack(each, -1) for each in columns.values()], low=0, high=1)
    return joint.combine(np.array([each for found in weights.values() for each in found]))


def _above(joint: JointEstimate, count: int) -> list[dict[str, bool]]:
    """Return of each pair whether its confusion, and its growth, are surely above the mean of all pairs."""
    centred = np.eye(count) - 1 / count
    parts = [np.kron(np.array(mix)[:, None], centred) for mix in ([1, 0, 0], [-1, 1, 0])]
    apart = joint.combine(np.concatenate(parts, 1))
    found = [at_once([apart.estimate(place) for place in range(start, start + count)]) for start in (0, count)]
    return [{"confusion": one.low > 0, "growth": other.low > 0} for one, other in zip(*found, strict=True)]


def _gains(clean: Predictions, merged: Mapping[Pair, Predictions]) -> dict[Pair, Merged]:
    pairs = list(merged)
    scores = [(_as_one(merged[pair], pair), _as_one(clean, pair)) for pair in pairs]
    gains = at_once([change(one, other) for one, other in scores])
    return {
        pair: Merged(rate(one).interval(), rate(other).interval(), gain)
        for pair, (one, other), gain in zip(pairs, scores, gains, strict=True)
    }


def _as_one(found: Predictions, pair: Pair) -> Scores:
    """Return 1 where a prediction is right once the two classes are one: (n, N)."""
    both = np.isin(found.predicted, pair) & np.isin(found.truth, pair)
    return np.asarray((found.predicted == found.truth) | both, float)


def _needed(joint: JointEstimate, place: int, count: int) -> int | None:
    """Return the repeats that would tell on which side of `COIN` a confusion lies; None where they would not."""
    found = joint.estimate(place)
    gap = abs(found.mean - COIN)
    return repeats_for(gap, [found], 1 - 0.05 / count) if gap else None


def _advice(
    one: Mapping[str, Interval], above: Mapping[str, bool], merged: Merged | None, needed: int | None
) -> tuple[str, str]:
    """Return the advice on a pair and its reason."""
    if merged and merged.gain.low > 0:
        return MERGE, "scored as one class, the merged problem is learnt better"
    if one["confusion"].low >= COIN and not (merged and merged.gain.high < 0):
        return MERGE, "they are hardly told apart on clean data"
    sided = not one["direction"].low <= 0 <= one["direction"].high
    if above["confusion"] and sided:
        return RELABEL, "they are confused more than pairs usually are, and one way more than the other"
    if above["growth"]:
        return RELABEL, "wrong labels between them cost more than between other pairs"
    if one["confusion"].high < COIN:
        return LEAVE, "they are told apart"
    would = f"{needed} repeats" if needed else "more test images"
    return CANNOT_TELL, f"the confusion may be above or below half of what a coin would do; {would} would tell"


def _names(found: Predictions, pair: Pair) -> tuple[str, str]:
    return str(found.classes[pair[0]]), str(found.classes[pair[1]])


def _split(name: str) -> tuple[str, str]:
    one, _, other = name.partition("\0")
    return one, other
