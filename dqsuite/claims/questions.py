"""Questions without an expectation whose answer is no mean: a function of many."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.judgement import Judgement

_DRAWS = 3999


def reported_statistic(
    rates: JointEstimate, statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]], label: str, unit: str
) -> Judgement:
    """Report a statistic (..., M) to (...) of the mean rates, with the middle 95% of its draws as the interval."""
    effect = float(statistic(rates.means))
    low, high = (float("nan"),) * 2
    if rates.n > 1:
        low, high = (float(end) for end in np.quantile(statistic(rates.draws(_DRAWS)), [0.025, 0.975]))
    return Judgement(effect, low, high, rates.n, 1.0, 1.0, label, unit, expected=False)
