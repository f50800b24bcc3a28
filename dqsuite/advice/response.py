"""How the accuracy answers to noise and records at once: what SIMEX extrapolates, on the axis of the learning curve.

MC-SIMEX (Küchenhoff, Mwalili and Lesaffre, *Biometrics* 62, 2006) adds the noise that is there already in known
amounts, fits what happens, and goes back to none. An amount of noise is a power of its matrix. What is fitted here is
one number: by what factor a unit of power multiplies the number of records that the labels are worth,

``accuracy(n records, a power of noise more) = curve(n · worth^power)``,

with the learning curve of the labels as they are. So noise and records stand on one axis, and the way back is as long
as the noise is, whose rate an audit gives with its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dqsuite.advice.learning_curve import LearningCurve
from dqsuite.statistics.estimate import Interval

_LOG_WORTHS = -np.concatenate([[0.0], np.geomspace(0.002, 12, 240)])
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Response:
    """The fitted answer.

    Attributes
    ----------
    curve : LearningCurve
        Of the labels as given.
    records : int
        Those that there are now.
    log_worth : float
        The logarithm of what a unit of the noise's power multiplies the worth of the records by, 0 or below.
    drawn : (B,)
        The same of each draw of the curve.
    misfit : float
        The largest distance of a measured accuracy under added noise from the fitted one, a fraction.
    """

    curve: LearningCurve
    records: int
    log_worth: float
    drawn: Numbers
    misfit: float

    @classmethod
    def fit(
        cls, curve: LearningCurve, powers: Sequence[float], means: Numbers, draws: Numbers, records: int
    ) -> Response:
        """Fit the worth to accuracies under added noise.

        Parameters
        ----------
        powers : P numbers above 0
            Of the noise added to what is there, in its own units.
        means, draws : (P,), (B, P)
            The accuracies measured, and draws of what they may be, row b with row b of the curve's.
        """
        added = np.asarray(powers, float)
        (whole,) = _fitted(curve, curve.parameters[None], added, means[None], records)
        drawn = _fitted(curve, curve.drawn, added, draws, records)
        away = means - _accuracies(curve, curve.parameters[None], records * np.exp(whole * added)[None])[0]
        return cls(curve, records, float(whole), drawn, float(np.abs(away).max()))

    def expected(self, power: float, more: float = 0.0) -> float:
        """Return the accuracy with a power of noise more, below 0 for less, and with more records of the same kind."""
        return float(self._at(self.curve.parameters[None], np.array([self.log_worth]), np.array([power]), more)[0])

    def draws(self, powers: Numbers, more: float = 0.0) -> Numbers:
        """Return what that accuracy may be (B,), for drawn powers (B,)."""
        return self._at(self.curve.drawn, self.drawn, powers, more)

    def _at(self, parameters: Numbers, log_worth: Numbers, powers: Numbers, more: float) -> Numbers:
        worth = self.records * np.exp(log_worth * powers) + more
        return _accuracies(self.curve, parameters, worth[:, None])[:, 0]


def interval_of(middle: float, draws: Numbers, repeats: int, confidence: float = 0.95) -> Interval:
    """Return an expected value with the interval that draws of it give."""
    tail = (1 - confidence) / 2
    low, high = (float(end) for end in np.quantile(draws, [tail, 1 - tail]))
    return Interval(middle, min(low, middle), max(high, middle), repeats)


def _accuracies(curve: LearningCurve, parameters: Numbers, sizes: Numbers) -> Numbers:
    """Return the accuracies (B, S) of curves (B, 3) at sizes (B or 1, S) each."""
    last, gain, exponent = (each[:, None] for each in parameters.T)
    error = last + gain * ((np.maximum(sizes, 1e-9) / curve.sizes[-1]) ** -exponent - 1)
    return np.asarray((1 - error).clip(0, 1))


def _fitted(curve: LearningCurve, parameters: Numbers, powers: Numbers, accuracies: Numbers, records: int) -> Numbers:
    """Return the best logarithm of the worth (B,) for each row of accuracies (B, P), by least squares."""
    best, found = np.full(len(parameters), np.inf), np.zeros(len(parameters))
    for log_worth in _LOG_WORTHS:
        expected = _accuracies(curve, parameters, records * np.exp(log_worth * powers)[None])
        square = ((accuracies - expected) ** 2).sum(1)
        better = square < best
        best[better], found[better] = square[better], log_worth
    return found
