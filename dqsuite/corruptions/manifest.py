"""What a chain really did to a data set: the realised noise, not only the nominal one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray


class StepRecord(TypedDict):
    """One step: its term and nominal level, and how many records it touched, relabelled and removed.

    Touched are the records that were picked, whether or not their label or image came out different.
    """

    term: str
    level: str
    touched: int
    labels_changed: int
    removed: int


@dataclass(frozen=True, eq=False)
class Manifest:
    """The realised damage.

    ``transitions``, int64 (K, K), counts the records finally kept: row = label before the chain, column = after.
    ``histogram_before``, int64 (K,), counts the records of each class before the chain. ``images_changed`` counts the
    records finally kept of which a step altered at least one byte of the image.
    """

    transitions: NDArray[np.int64]
    histogram_before: NDArray[np.int64]
    images_changed: int
    steps: tuple[StepRecord, ...]

    @property
    def histogram_after(self) -> NDArray[np.int64]:
        """Records of each class after the chain, by given label, int64 (K,)."""
        return np.asarray(self.transitions.sum(axis=0))

    @property
    def records_before(self) -> int:
        """Records before the chain."""
        return int(self.histogram_before.sum())

    @property
    def records_after(self) -> int:
        """Records finally kept."""
        return int(self.transitions.sum())

    @property
    def labels_changed(self) -> int:
        """Records finally kept whose label is not the one before the chain."""
        return self.records_after - int(self.transitions.trace())

    @property
    def effective_rate(self) -> float:
        """Fraction of the records finally kept whose label is not the one before the chain."""
        return self.labels_changed / self.records_after

    def to_json(self) -> dict[str, Any]:
        """Return a dict of plain lists, numbers and texts."""
        return {
            "transitions": self.transitions.tolist(),
            "histogram_before": self.histogram_before.tolist(),
            "images_changed": self.images_changed,
            "steps": list(self.steps),
        }

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Manifest:
        """Return the manifest that `to_json` wrote."""
        return cls(
            transitions=np.array(plain["transitions"], dtype=np.int64),
            histogram_before=np.array(plain["histogram_before"], dtype=np.int64),
            images_changed=plain["images_changed"],
            steps=tuple(plain["steps"]),
        )


def count_transitions(before: NDArray[np.int64], after: NDArray[np.int64], num_classes: int) -> NDArray[np.int64]:
    """Count pairs of labels, int64 (K, K): row = ``before`` (N,), column = ``after`` (N,)."""
    pairs = np.bincount(before * num_classes + after, minlength=num_classes**2)
    return pairs.reshape(num_classes, num_classes).astype(np.int64)
