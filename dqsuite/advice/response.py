"""How the accuracy answers to noise in the labels and to records: MC-SIMEX, with a loglinear way back.

MC-SIMEX (Küchenhoff, Mwalili and Lesaffre, *Biometrics* 62, 2006) adds the noise that is there already in known
amounts, fits what happens, and goes back to none. An amount of noise is a power of its matrix. The logarithm of the
error is taken as linear in the power, and in the logarithm of the number of records:

``error = error now · exp(slope · power) · (records / records now)^(-steepness)``.

What is beyond the measured is an extrapolation, and the error of its form is part of every interval: how far such lines
went wrong on digits, clothes and photographs that no proof uses says how large it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics.estimate import Interval
from dqsuite.statistics.joint import JointEstimate

DRAWS = 2000
WAY_BACK = (1.0, 0.3)
"""Mean and standard deviation of the slope below today's noise, in that above it."""
WAY_ON = (0.9, 0.35)
"""Mean and standard deviation of the steepness above today's number of records, in that from half of them."""
_LEAST = 0.002  # of an error: below, its logarithm tells nothing

Numbers = NDArray[np.float64]


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
    misfit : float
        The largest distance of a measured accuracy under added noise from the fitted line, a fraction.
    """

    records: int
    now: Numbers
    slope: Numbers
    steepness: Numbers
    misfit: float

    @classmethod
    def fit(cls, joint: JointEstimate, powers: Sequence[float], records: int, seed: int = 0) -> Response:
        """Fit the answer to accuracies.

        Parameters
        ----------
        joint : JointEstimate
            The accuracies on the data as they are, on half of the records, and under each added power of the noise.
        powers : P numbers above 0
        records : int
            Those that there are.

        Raises
        ------
        ValueError
            There are fewer than two repeats.
        """
        drawn, rng = joint.draws(DRAWS, seed), np.random.default_rng(seed + 1)
        places = np.array([0.0, *powers])
        rows = [0, *range(2, joint.count)]
        errors = np.log(np.maximum(1 - drawn, _LEAST))
        whole = np.log(np.maximum(1 - joint.means, _LEAST))
        slopes = _slopes(places, errors[:, rows])
        (middle,) = _slopes(places, whole[None, rows])
        fitted = np.exp(whole[0] + middle * places)
        misfit = float(np.abs(1 - fitted - joint.means[rows]).max())
        back, on = (mean + spread * rng.standard_normal(DRAWS) for mean, spread in (WAY_BACK, WAY_ON))
        steepness = (errors[:, 1] - errors[:, 0]) / np.log(2)
        return cls(records, drawn[:, 0], (slopes * back).clip(0), (steepness * on).clip(0), misfit)

    def draws(self, power: Numbers, more: float = 0.0) -> Numbers:
        """Return what the accuracy may be (B,), with drawn powers of noise more (B,), and with more records like these.

        Less noise has powers below 0.
        """
        factor = np.exp(self.slope * power - self.steepness * np.log1p(more / self.records))
        return np.asarray(1 - (1 - self.now) * factor)


def interval_of(draws: Numbers, repeats: int, confidence: float = 0.95) -> Interval:
    """Return the median of draws with the interval that they give."""
    tail = (1 - confidence) / 2
    low, middle, high = (float(end) for end in np.quantile(draws, [tail, 0.5, 1 - tail]))
    return Interval(middle, low, high, repeats)


def _slopes(places: Numbers, values: Numbers) -> Numbers:
    """Return the slope of the line through the first of each row of values (B, P) at places (P,): a mean of secants.

    One to a nearer place weighs more, as its inverse: what lies behind goes on from what is near.
    """
    away = places[1:] - places[0]
    return np.asarray((values[:, 1:] - values[:, :1]) @ away**-2 / (1 / away).sum())
