"""What accuracy is to be expected after relabelling the most suspect records, after collecting more, after both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.advice.labels import Spread, WrongLabels
from dqsuite.advice.noise_matrix import Noise
from dqsuite.advice.response import Response, interval_of
from dqsuite.statistics.estimate import Interval

_RATES = np.linspace(0, 0.95, 96)

Numbers = NDArray[np.float64]


class Expected(NamedTuple):
    """The accuracy after repairs, and what is gained, each with its interval; the draws of the gain are (B,)."""

    accuracy: Interval
    gain: Interval
    draws: Numbers


@dataclass(frozen=True, eq=False)
class Outlook:
    """What follows from the labels and from how the accuracy answers to noise and records.

    Attributes
    ----------
    response : Response
    labels : WrongLabels
    noise : Noise
        Of which powers were added for the response.
    repeats : int
        Trainings of each condition.
    """

    response: Response
    labels: WrongLabels
    noise: Noise
    repeats: int

    def after(self, relabelled: int, collected: int) -> Expected:
        """Return what to expect once the most suspect are relabelled without a mistake, and others are collected.

        What is collected is of the same kind as what there is, and as often labelled wrong.
        """
        accuracy = self.response.draws(self.power(relabelled), collected)
        gain = accuracy - self.response.now
        return Expected(interval_of(accuracy, self.repeats), interval_of(gain, self.repeats), gain)

    def without_noise(self) -> Expected:
        """Return what to expect of the same records if all labels were right: the answer that MC-SIMEX seeks."""
        return self.after(len(self.labels.order), 0)

    def power(self, relabelled: int) -> Numbers:
        """Return the powers of the noise (B,), 0 or below, that relabelling so many of the most suspect adds."""
        return self._power(self._spread.left(relabelled)) - self._power(self._rates)

    @cached_property
    def _rates(self) -> Numbers:
        return self.labels.rates(len(self.response.now))

    @cached_property
    def _spread(self) -> Spread:
        return self.labels.spread(self._rates)

    def _power(self, rates: Numbers) -> Numbers:
        """Return the powers of `noise` that have these rates of wrong labels."""
        return np.asarray(np.interp(rates, _RATES, self._powers))

    @cached_property
    def _powers(self) -> Numbers:
        most = 0.97 * (1 - 1 / len(self.noise.matrix))
        signals = [self.noise.at_rate(min(rate, most)).log_signal for rate in _RATES]
        return np.maximum.accumulate(np.array(signals) / self.noise.log_signal)
