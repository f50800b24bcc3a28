"""lie1 on clean data: which classes are hard, and for which others they are taken."""

from __future__ import annotations

from dqsuite.claims.claim import Measurements, claim
from dqsuite.claims.statements import apart, directional, each_among_lowest, negated, recalls
from dqsuite.sources.lie1.published import LIE1_CATS_AS_FROGS
from dqsuite.statistics.criteria import above, inside
from dqsuite.statistics.estimate import rate
from dqsuite.statistics.judgement import Judgement
from dqsuite.statistics.orders import lowest_in_order

MODEL = "custom"


@claim(
    "lie1-directional",
    "confusion has a direction: one class can be taken for another more often than the other for it",
    "for some pair C[a,b] - C[b,a] on clean data differs from 0 (Holm over 45); refuted if all lie inside ±10 in 1,000",
)
def confusion_is_directional(measured: Measurements) -> Judgement:
    """Compare the two directions of each pair of classes."""
    return directional(measured.at(MODEL))


@claim(
    "lie1-cat-deer",
    "on clean data cats are taken for deer more often than deer for cats",
    "C[cat,deer] - C[deer,cat] above 0",
)
def cat_for_deer(measured: Measurements) -> Judgement:
    """Compare the two directions of one pair."""
    clean = measured.at(MODEL)
    return above(apart(clean.taken("cat", "deer"), clean.taken("deer", "cat")))


@claim(
    "lie1-baseline-order",
    "on clean data cat is the least accurate class, then dog, then deer",
    "cat, dog and deer have the lowest TPR, in that order",
)
def cat_dog_deer_are_lowest(measured: Measurements) -> Judgement:
    """Order the classes by their TPR."""
    return lowest_in_order(recalls(measured.at(MODEL)), ["cat", "dog", "deer"])


@claim(
    "lie1-frog-truck-easy",
    "frogs and trucks are easy to learn",
    "both are among the five highest TPRs on clean data",
)
def frog_and_truck_are_easy(measured: Measurements) -> Judgement:
    """Rank both classes."""
    return each_among_lowest({"minus TPR": negated(recalls(measured.at(MODEL)))}, ("frog", "truck"), 5)


@claim(
    "lie1-cats-as-frogs",
    "on clean data 82 of 1,000 cats are taken for frogs",
    "C[cat,frog] / 1000 inside .082 ± .03",
    published={"": LIE1_CATS_AS_FROGS / 1000},
)
def cats_for_frogs(measured: Measurements) -> Judgement:
    """Compare one cell with the published one."""
    return inside(rate(measured.at(MODEL).taken("cat", "frog")), 0.052, 0.112)
