"""Six statements of which the power was first measured, each judged by a row that makes it."""

from __future__ import annotations

from claimed_worlds import CIFAR10, by_class
from simulated_world import Claimed, Rates, Truth, less


def changed_by(losses: Rates, kind: str = "shuffle", rate: float = 0.8) -> Truth:
    """Return a world in which a kind of damage takes the losses of a rate that all classes share."""
    alike = dict.fromkeys(CIFAR10, rate)
    return lambda asked: less(alike, losses) if asked.kind == kind else alike


SIX = {
    "cat is the lowest at 65%, the next class at 70%, the others at 80": Claimed(
        "lie1-cat-worst-noise", {"level": "0"}, lambda asked: by_class("cat 65 dog 70 other 80")
    ),
    "bird's change of -10 points is the lowest, the others' are -5": Claimed(
        "lie1-bird-most-hit", {"level": "0.1"}, changed_by(by_class("bird 10 other 5"))
    ),
    "a class's change of 0 lies inside ±3 points": Claimed("lie1-airplane-stable", {}, changed_by(0.0)),
    "cat, dog and deer are the lowest in that order, at 74, 80, 86%, the others at 92": Claimed(
        "lie1-baseline-order", {}, lambda asked: by_class("cat 74 dog 80 deer 86 other 92")
    ),
    "bird and cat are the most hit, at -12 points, the others at -6": Claimed(
        "lie2-noise-sensitive", {"model": "lenet"}, changed_by(by_class("bird 12 cat 12 other 6"))
    ),
    "at least seven of ten changes are above 0, and so is their mean; all are 3 points": Claimed(
        "lie3-impact-positive", {}, changed_by(0.03), one_model=True
    ),
}
"""A statement to its world: 5 repeats, 1,000 images a class."""
