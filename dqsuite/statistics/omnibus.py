"""Whether statistics of the same repeats are all equal: one test of them all, whatever their spreads.

The ANOVA-type statistic of Brunner, Dette and Munk (*JASA* 92, 1997): the spread of the means about their own mean,
over what is expected of it under equality, follows an F distribution whose degrees of freedom Box (1954) fitted to the
covariance. Unlike Friedman's test it takes no spread to be shared.
"""

from __future__ import annotations

import numpy as np
from scipy.special import fdtrc

from dqsuite.statistics.blocks import Blocks, Numbers

_MOST = 1e6  # degrees of freedom: from here on they no longer matter


def p_equal(blocks: Blocks) -> float:
    """Return the p-value of all M statistics' being equal, of at least two repeats; 1 where no score varies at all.

    Their covariance is that of `dqsuite.statistics.estimate`, with its degrees of freedom: of the repeats and, where
    it is positive, of the images; all together not less than that of the scores.
    """
    n, count = blocks.values.shape
    centred = np.eye(count) - 1 / count
    means = blocks.values.mean(0)
    repeats = centred @ np.atleast_2d(np.cov(blocks.values.T)) / n
    whole = repeats + centred @ _positive((blocks.between - blocks.inner).sum(0))
    least = centred @ blocks.least.sum(0)
    if np.trace(whole) < np.trace(least):
        whole = least
    total = float(np.trace(whole))
    if total <= 0:
        return 1.0
    seen = repeats * (n + 3) / (n - 1)
    uncertain = float(np.trace(seen @ seen)) / (n - 1)
    known = total - float(np.trace(repeats)) + float(np.trace(seen))
    below = min(known**2 / uncertain, _MOST) if uncertain > 0 else _MOST
    return float(fdtrc(total**2 / np.trace(whole @ whole), below, means @ centred @ means / total))


def _positive(covariance: Numbers) -> Numbers:
    """Return the nearest covariance matrix: an estimated one can have directions of less than no variance."""
    variances, axes = np.linalg.eigh(covariance)
    return np.asarray((axes * variances.clip(0)) @ axes.T)
