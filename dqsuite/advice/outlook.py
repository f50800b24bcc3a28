"""What accuracy is to be expected after relabelling the most suspect records, after collecting more, after both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.advice.labels import WrongLabels
from dqsuite.advice.noise_matrix import Noise
from dqsuite.advice.response import Response, interval_of
from dqsuite.statistics.estimate import Interval

FORM = 0.25
"""How far off, as a share of a gain, the form of the curves may be: the standard deviation, where they fit."""
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
    now : Interval
        The accuracy measured on the data as they are.
    drawn_now : (B,)
        Draws of it, which belong to those of the response.
    """

    response: Response
    labels: WrongLabels
    noise: Noise
    now: Interval
    drawn_now: Numbers

    def after(self, relabelled: int, collected: int) -> Expected:
        """Return what to expect once the most suspect are relabelled without a mistake, and others are collected.

        What is collected is of the same kind as what there is, and as often labelled wrong.
        """
        change = self._power(self.labels.left(relabelled, self._rates)) - self._power(self._rates)
        after, before = (self.response.draws(power, more) for power, more in ((change, collected), (0 * change, 0)))
        gain = (after - before) * self._form
        found = interval_of(float(np.median(gain)), gain, self.now.n)
        accuracy = (self.drawn_now + gain).clip(0, 1)
        return Expected(interval_of(float(np.median(accuracy)), accuracy, self.now.n), found, gain)

    def without_noise(self) -> Expected:
        """Return what to expect of the same records if all labels were right: MC-SIMEX's answer."""
        return self.after(len(self.labels.order), 0)

    @cached_property
    def _rates(self) -> Numbers:
        return self.labels.rates(len(self.drawn_now))

    @cached_property
    def _form(self) -> Numbers:
        """Draws of what the gains are to be multiplied with, for the error of the form; the same for all repairs."""
        return 1 + FORM * np.random.default_rng(2).standard_normal(len(self.drawn_now))

    def _power(self, rates: Numbers) -> Numbers:
        """Return the powers of `noise` that have these rates of wrong labels."""
        return np.asarray(np.interp(rates, _RATES, self._powers))

    @cached_property
    def _powers(self) -> Numbers:
        most = 0.97 * (1 - 1 / len(self.noise.matrix))
        signals = [self.noise.at_rate(min(rate, most)).log_signal for rate in _RATES]
        return np.maximum.accumulate(np.array(signals) / self.noise.log_signal)
