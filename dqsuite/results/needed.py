"""How many repeats the numbers of a study would take to be known to some points, by what was seen."""

from __future__ import annotations

from dataclasses import dataclass

from dqsuite.corruptions import CLEAN
from dqsuite.results.intervals import class_changes, rate_change
from dqsuite.results.study import Study
from dqsuite.statistics.sharpness import repeats_for

POINTS = 3  # percentage points to both sides


@dataclass(frozen=True)
class Needed:
    """The repeats for ± 3 points: of every change of accuracy, and of every class's change of recall.

    The intervals are those that are shown, of the classes all at once. None: the test images alone leave a wider one.
    """

    accuracy: int | None
    recall: int | None

    def __str__(self) -> str:
        told = f"To know the accuracy vs clean to ± {POINTS} points takes {_told(self.accuracy)}"
        if self.accuracy == self.recall:
            return f"{told}, and so does every class's recall."
        return f"{told}, every class's recall {_told(self.recall)}."


def needed(study: Study, model: str) -> Needed | None:
    """Return the repeats that a model's conditions take, None where nothing is compared or a condition has but one."""
    damaged = [name for name in study.conditions(model) if name != CLEAN]
    if not damaged or min(len(study.at(model, name)) for name in (CLEAN, *damaged)) < 2:
        return None
    clean = study.predictions(model, CLEAN)
    after = [study.predictions(model, name) for name in damaged]
    whole = [rate_change(each.right(), clean.right()) for each in after]
    classes = [each for found in after for each in class_changes(found, clean) if each.n]
    half, of_classes = POINTS / 100, 1 - 0.05 / len(study.card.classes)
    return Needed(repeats_for(half, whole), repeats_for(half, classes, of_classes))


def _told(repeats: int | None) -> str:
    return "more test images" if repeats is None else f"{repeats} repeats"
