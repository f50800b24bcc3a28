"""How the accuracy answers to noise in the labels and to records: the logarithm of the error, by straight lines.

An amount of noise is a power of its matrix. The logarithm of the error is taken as linear in the power, and in the
logarithm of the number of records:

``error = error now · exp(slope · power) · (records / records now)^(-steepness)``.

The slope is that of noise added to the labels as they are, the way on, as MC-SIMEX takes it (Küchenhoff, Mwalili and
Lesaffre, *Biometrics* 62, 2006), and that of the same noise on trusted data (`dqsuite.advice.trusted`), each by its
precision. What is beyond the measured is an extrapolation, and the error of its form is part of every interval: how far
such lines went wrong on digits, clothes and photographs that no proof uses says how large it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics.estimate import Interval
from dqsuite.statistics.joint import JointEstimate

DRAWS = 2000
WAY_BACK = (0.99, 0.38)
"""Mean and standard deviation of the slope below today's noise, in that above it."""
_WAY_ON = (0.9, 0.35)
"""Mean and standard deviation of the steepness above today's number of records, in that from half of them."""
_LEAST = 0.002  # of an error: below, its logarithm tells nothing
_LEAST_SLOPE = 0.01  # that errors of the form are taken of

Numbers = NDArray[np.float64]


class Slope(NamedTuple):
    """One measurement of the slope: draws of it (B,), and what the slope sought is in it, in the mean, give or take."""

    draws: Numbers
    factor: float
    off: float


@dataclass(frozen=True, eq=False)
class Response:
    """The fitted answer; row b of all draws belongs together.

    Attributes
    ----------
    records : int
        Those that there are now.
    now : (B,)
        Draws of the accuracy on the data as they are.
    slope, steepness : (B,)
        By what the logarithm of the error rises with a power of noise less or more, and falls with that of the records.
    """

    records: int
    now: Numbers
    slope: Numbers
    steepness: Numbers

    @classmethod
    def fit(
        cls, joint: JointEstimate, power: float, records: int, known: Sequence[Slope] = (), seed: int = 0
    ) -> Response:
        """Fit the answer to accuracies.

        Parameters
        ----------
        joint : JointEstimate
            The accuracies on the data as they are, on half of the records, and under the added power of the noise.
        power : float
            Above 0.
        records : int
            Those that there are.
        known : sequence of Slope
            What is known of the slope from elsewhere, `DRAWS` each.

        Raises
        ------
        ValueError
            There are fewer than two repeats.
        """
        drawn, rng = joint.draws(DRAWS, seed), np.random.default_rng(seed + 1)
        now, half, further = log_errors(drawn).T
        slope = _pooled([Slope((further - now) / power, *WAY_BACK), *known], rng)
        mean, spread = _WAY_ON
        steepness = (half - now) / np.log(2) * (mean + spread * rng.standard_normal(DRAWS))
        return cls(records, drawn[:, 0], slope.clip(0), steepness.clip(0))

    def draws(self, power: Numbers, more: float = 0.0) -> Numbers:
        """Return what the accuracy may be (B,), with drawn powers of noise more (B,), and with more records like these.

        Less noise has powers below 0.
        """
        factor = np.exp(self.slope * power - self.steepness * np.log1p(more / self.records))
        return np.asarray(1 - (1 - self.now) * factor)


def log_errors(accuracies: Numbers) -> Numbers:
    """Return the logarithms of the errors, in the shape of the accuracies."""
    return np.asarray(np.log(np.maximum(1 - accuracies, _LEAST)))


def interval_of(draws: Numbers, repeats: int, confidence: float = 0.95) -> Interval:
    """Return the median of draws with the interval that they give."""
    tail = (1 - confidence) / 2
    low, middle, high = (float(end) for end in np.quantile(draws, [tail, 0.5, 1 - tail]))
    return Interval(middle, low, high, repeats)


def _pooled(slopes: Sequence[Slope], rng: np.random.Generator) -> Numbers:
    """Return draws (B,) of the slope that all of them measure: the more precise weighs more, by inverse variance.

    How far off each may be is a fraction of a slope: of the mean of all, so that one that is small by chance does not
    seem the more precise. The tails of few repeats' draws are too heavy for a variance: half of the middle 68% is what
    a standard deviation would be.
    """
    found = np.stack([slope.factor * slope.draws for slope in slopes])
    offs = np.array([slope.off for slope in slopes]) * max(float(found.mean()), _LEAST_SLOPE)
    low, high = np.quantile(found, [0.16, 0.84], axis=1)
    weights = 1 / (offs**2 + ((high - low) / 2) ** 2)
    weights /= weights.sum()
    away = float(np.sqrt(np.square(weights * offs).sum()))
    return np.asarray(weights @ found + away * rng.standard_normal(found.shape[1]))
