"""How far a model's chances that labels are wrong are to be believed: logistic regression on checked records."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

_SLOPE_SD = 0.5  # how far from 1 the slope is believed to be before an audit: chances may be too bold or too timid
_LEAST = 1e-4  # of a chance, and of its opposite: beyond, a logit tells how far a model overdoes it
_STEPS = 50  # of Newton's method at most
_STRIDE = 2.0  # of one of them at most
_CLOSE = 1e-9  # a stride that ends it

Numbers = NDArray[np.float64]


class Calibration(NamedTuple):
    """P(wrong) = expit(`intercept` + `slope` · logit of the model's chance), with the standard error of the slope."""

    intercept: float
    slope: float
    slope_error: float

    @classmethod
    def fit(cls, logits: Numbers, wrong: NDArray[np.bool_]) -> Calibration:
        """Fit it to checked records (m,): most probable, where the slope is 1 ± `_SLOPE_SD` beforehand."""
        found, prior = np.array([0.0, 1.0]), np.diag([0.01, 1 / _SLOPE_SD**2])
        design = np.column_stack([np.ones(len(logits)), logits])
        for _ in range(_STEPS):
            chance = expit(design @ found)
            pull = design.T @ (wrong - chance) - prior @ (found - [0, 1])
            curved = (design * (chance * (1 - chance))[:, None]).T @ design + prior
            step = np.linalg.solve(curved, pull).clip(-_STRIDE, _STRIDE)
            found = found + step
            if np.abs(step).max() < _CLOSE:
                break
        return cls(float(found[0]), float(found[1]), float(np.sqrt(np.linalg.inv(curved)[1, 1])))

    def chances(self, logits: Numbers) -> Numbers:
        """Return the calibrated chances of records to be wrong, in the shape of their logits."""
        return np.asarray(expit(self.intercept + self.slope * logits))


BEFOREHAND = Calibration(0.0, 1.0, _SLOPE_SD)
"""What is believed where nothing is checked."""


def logits_of(chances: Numbers) -> Numbers:
    """Return the logits of chances."""
    return np.asarray(logit(chances.clip(_LEAST, 1 - _LEAST)))
