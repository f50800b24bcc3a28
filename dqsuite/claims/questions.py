"""Questions without an expectation: their numbers are reported, and neither hold nor are refuted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics.criteria import DRAWS, Judgement
from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.joint import JointEstimate

NO_EXPECTATION = "no expectation"


def reported(estimate: Estimate, label: str, unit: str) -> Judgement:
    """Report a mean with its 95% interval; the verdict reads inconclusive."""
    mean, low, high, n = estimate.interval()
    return Judgement(mean, low, high, n, 1.0, 1.0, f"{NO_EXPECTATION}; {label}", unit)


def reported_statistic(
    rates: JointEstimate, statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]], label: str, unit: str
) -> Judgement:
    """Report a statistic (..., M) to (...) of the mean rates, with the middle 95% of its draws as the interval."""
    effect = float(statistic(rates.values.mean(0)))
    low, high = (float("nan"),) * 2
    if rates.n > 1:
        low, high = (float(end) for end in np.quantile(statistic(rates.draws(DRAWS)), [0.025, 0.975]))
    return Judgement(effect, low, high, rates.n, 1.0, 1.0, f"{NO_EXPECTATION}; {label}", unit)
