"""The accuracy to be expected of a number of clean records: a power law with an offset, fitted to a few sizes.

``1 - accuracy(n) = offset + gain · n^(-exponent)``, with an offset and a gain that are not negative: the curve never
falls with more records (Cortes et al., *Learning curves: asymptotic values and rate of convergence*, NIPS 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from dqsuite.statistics.blocks import Numbers
from dqsuite.statistics.estimate import Interval
from dqsuite.statistics.joint import JointEstimate

DRAWS = 2000
"""Of what the truth may be: the ends of an interval are quantiles of them."""
_EXPONENTS = np.geomspace(0.05, 2, 48)
_BAD = 0.05


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """A fitted curve, and those that a bootstrap of repeats and test images fits.

    Attributes
    ----------
    sizes : (K,)
        Numbers of records, ascending.
    measured : sequence of K Interval
        The accuracies measured at them, fractions.
    parameters : (3,)
        Error at the largest size, what of it more records can take away, and the exponent.
    drawn : (B, 3)
        The same of each draw; row b is fitted to row b of `JointEstimate.draws`.
    misfit : float
        The largest distance of a measured accuracy from the curve, a fraction.
    p_fit : float
        How probable so large a distance is where the curve is right; 1 where nothing can be told, as with three sizes.
    """

    sizes: Numbers
    measured: Sequence[Interval]
    parameters: Numbers
    drawn: Numbers
    misfit: float
    p_fit: float

    @classmethod
    def fit(cls, sizes: Sequence[float], joint: JointEstimate, *, draws: int = DRAWS, seed: int = 0) -> LearningCurve:
        """Fit a curve to accuracies at K sizes.

        Parameters
        ----------
        sizes : K numbers of records, ascending
        joint : JointEstimate
            Its first K statistics are the accuracies at the sizes. Others that it has, such as those of damaged
            conditions, share their repeats and images: row b of ``joint.draws(draws, seed)`` belongs to row b here.

        Raises
        ------
        ValueError
            There are fewer than three sizes, or fewer than two repeats.
        """
        count, places = len(sizes), np.asarray(sizes, float)
        if count < 3:
            raise ValueError("a power law with an offset needs three sizes")
        errors = 1 - joint.draws(draws, seed)[:, :count]
        mean = 1 - joint.means[None, :count]
        weights = 1 / np.maximum(_spread(errors), 1e-4) ** 2
        (whole,) = found = _fitted(places, mean, weights)
        away = mean - _error(found, places, places[-1])
        again = errors - mean + (mean - away)  # worlds in which the curve is right
        others = again - _error(_fitted(places, again, weights), places, places[-1])
        square = float((weights * away**2).sum())
        p = 1.0 if count == 3 else float(((weights * others**2).sum(1) >= square).mean())
        measured = [joint.estimate(index).interval() for index in range(count)]
        return cls(places, measured, whole, _fitted(places, errors, weights), float(np.abs(away).max()), p)

    @property
    def bad_fit(self) -> bool:
        """Whether the measured accuracies are surely not on the curve; its intervals then have room for the misfit."""
        return self.p_fit < _BAD

    def expected(self, records: float) -> float:
        """Return the accuracy at a number of records."""
        return float(self._accuracies(self.parameters[None], records)[0])

    def draws(self, records: float) -> Numbers:
        """Return what the accuracy at a number of records may be: (B,), for the interval of any function of it."""
        found = self._accuracies(self.drawn, records)
        if not self.bad_fit:
            return found
        away = np.random.default_rng(0).uniform(-self.misfit, self.misfit, len(found))
        return np.asarray((found + away).clip(0, 1))

    def predict(self, records: float, confidence: float = 0.95) -> Interval:
        """Return the accuracy at a number of records with its interval; beyond the sizes it is an extrapolation."""
        return self._interval(self.expected(records), self.draws(records), confidence)

    def invert(self, accuracy: float) -> float:
        """Return the number of records that give an accuracy: 0 below the curve, inf above all that it reaches."""
        return float(self._sizes(self.parameters[None], np.array([accuracy]))[0])

    def inverted(self, accuracies: Numbers) -> Numbers:
        """Return the number of records (B,) that gives each drawn accuracy (B,) by the curve of the same draw."""
        return self._sizes(self.drawn, accuracies)

    def _accuracies(self, parameters: Numbers, records: float) -> Numbers:
        found = 1 - _error(parameters, np.array([float(records)]), self.sizes[-1])[:, 0]
        return np.asarray(found.clip(0, 1))

    def _sizes(self, parameters: Numbers, accuracies: Numbers) -> Numbers:
        last, gain, exponent = parameters.T
        left = 1 - accuracies - (last - gain)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            found = self.sizes[-1] * (left / gain) ** (-1 / exponent)
        flat = np.where(1 - accuracies > last, 0.0, np.inf)
        return np.asarray(np.where(gain <= 0, flat, np.where(left <= 0, np.inf, found)))

    def _interval(self, middle: float, draws: Numbers, confidence: float) -> Interval:
        tail = (1 - confidence) / 2
        low, high = np.quantile(draws, [tail, 1 - tail]) if len(draws) else (nan, nan)
        return Interval(middle, min(float(low), middle), max(float(high), middle), self.measured[0].n)


def _error(parameters: Numbers, sizes: Numbers, largest: float) -> Numbers:
    """Return the errors (B, K) of curves (B, 3) at K sizes."""
    last, gain, exponent = (each[:, None] for each in parameters.T)
    with np.errstate(divide="ignore"):
        return np.asarray(last + gain * ((sizes / largest) ** -exponent - 1))


def _fitted(sizes: Numbers, errors: Numbers, weights: Numbers) -> Numbers:
    """Return the best curve (B, 3) for each row of errors (B, K), by least squares with weights (K,)."""
    best, found = np.full(len(errors), np.inf), np.zeros((len(errors), 3))
    for exponent in _EXPONENTS:
        rise = (sizes / sizes[-1]) ** -exponent - 1
        for last, gain in _lines(rise, errors, weights):
            away = errors - last[:, None] - gain[:, None] * rise
            square = (weights * away**2).sum(1)
            better = (square < best) & (gain >= 0) & (gain <= last)
            best[better] = square[better]
            found[better] = np.column_stack([last, gain, np.full(len(last), exponent)])[better]
    return found


def _lines(rise: Numbers, errors: Numbers, weights: Numbers) -> list[tuple[Numbers, Numbers]]:
    """Return the least squares of ``last + gain · rise``: free, with no gain, and with no offset (gain = last)."""
    share = weights / weights.sum()
    middle, mean = rise @ share, errors @ share
    gain = ((errors - mean[:, None]) * (rise - middle)) @ share / ((rise - middle) ** 2 @ share)
    alone = ((errors * (1 + rise)) @ share / ((1 + rise) ** 2 @ share)).clip(0)
    return [(mean - gain * middle, gain), (mean.clip(0), np.zeros_like(mean)), (alone, alone)]


def _spread(draws: Numbers) -> Numbers:
    """Return the standard deviations (K,) of draws (B, K) from their quartiles: few repeats have long tails."""
    low, high = np.quantile(draws, [0.25, 0.75], axis=0)
    return np.asarray((high - low) / 1.349)
