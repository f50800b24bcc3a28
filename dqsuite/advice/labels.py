"""How wrong the labels are, and which: cleanlab's suspects and estimate, a range, and with an audit the rate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import rankdata

from dqsuite.advice.assisted import AuditedRate
from dqsuite.advice.audit import Audit
from dqsuite.advice.calibration import BEFOREHAND, logits_of
from dqsuite.advice.folds import OutOfFold
from dqsuite.advice.mixture import Mixture, mixture_of, range_of
from dqsuite.advice.response import DRAWS
from dqsuite.core.errors import DqError
from dqsuite.statistics.estimate import Interval

_CHUNKS = 100
"""Neighbours in the order of suspicion share a chance to be wrong."""

Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]


class Cleanlab(NamedTuple):
    """What cleanlab says: the rate of wrong labels, its suspects (S,), most suspect first, and each quality (N,)."""

    rate: float
    suspects: Labels
    quality: Numbers


class Spread(NamedTuple):
    """Chances to be wrong (B, S) of records in S chunks of these sizes (S,), the most suspect first."""

    sizes: Labels
    chances: Numbers

    def left(self, relabelled: int) -> Numbers:
        """Return the rates of wrong labels that are left once so many of the most suspect are relabelled (B,)."""
        before = np.cumsum(self.sizes) - self.sizes
        kept = self.sizes - (relabelled - before).clip(0, self.sizes)
        return np.asarray(self.chances @ kept / self.sizes.sum())


@dataclass(frozen=True, eq=False)
class WrongLabels:
    """What is known of the N labels.

    Attributes
    ----------
    cleanlab : Cleanlab
    mixture : Mixture
    range : Interval
        Of the rate of wrong labels where nobody has checked any; its mean is the middle of what is plausible.
    audit : Audit or None
    order : int64 (N,)
        All records, most suspect first, by our chances and cleanlab's qualities together.
    chances : float (N,)
        Of each label to be wrong, by the mixture.
    suggested : int64 (N,)
        The likeliest class of each record other than the one given.
    """

    cleanlab: Cleanlab
    mixture: Mixture
    range: Interval
    audit: Audit | None
    order: Labels
    chances: Numbers
    suggested: Labels

    @property
    def rate(self) -> Interval:
        """The rate of wrong labels: by the audit, which the model's chances assist, else the range."""
        return self.audited.interval() if self.audited else self.range

    @cached_property
    def audited(self) -> AuditedRate | None:
        """The rate by the audit, where there is one."""
        return AuditedRate.of(self.audit, self._logits) if self.audit else None

    def rates(self, count: int = DRAWS) -> Numbers:
        """Return what the rate may be (count,): after an audit its posterior, else anything in the range."""
        if self.audited:
            return self.audited.draws(count)
        return np.random.default_rng(0).uniform(self.range.low, self.range.high, count)

    def spread(self, rates: Numbers) -> Spread:
        """Spread rates of wrong labels (B,) over the records.

        The chances add up to the rate: they are shifted on the logit scale, and stretched as far as the audit says.
        """
        total = len(self.order)
        chunks = np.array_split(self._logits[self.order], min(_CHUNKS, total))
        middles, sizes = np.array([chunk.mean() for chunk in chunks]), np.array([len(chunk) for chunk in chunks])
        known = self.audited.calibration if self.audited else BEFOREHAND
        slopes = np.maximum(known.slope + known.slope_error * np.random.default_rng(1).standard_normal(len(rates)), 0)
        return Spread(sizes, _shifted(slopes[:, None] * middles, sizes, rates))

    @cached_property
    def _logits(self) -> Numbers:
        return logits_of(self.chances)


def wrong_labels(found: OutOfFold, given: Labels, y_test: Labels, audit: Audit | None = None) -> WrongLabels:
    """Find out what can be known of the labels of N training records.

    Parameters
    ----------
    found : OutOfFold
        What the user's model says of N training and M test records.
    given, y_test : int64 (N,), (M,)
        Labels as given; those of the test set are taken as right.

    Raises
    ------
    DqError
        cleanlab is not installed, or there is only one class.
    """
    if found.train.shape[1] < 2:
        raise DqError("with one class no label can be wrong", "advise on data of two classes or more")
    theirs, mixture = cleanlab_says(given, found.train), mixture_of(found, given, y_test)
    chances = 1 - mixture.true[np.arange(len(given)), given]
    order = np.argsort(rankdata(theirs.quality) - rankdata(chances), kind="stable")
    others = mixture.true * found.train
    others[np.arange(len(given)), given] = -1
    suggested = np.asarray(others.argmax(1), np.int64)
    return WrongLabels(theirs, mixture, range_of(found, given, y_test), audit, order, chances, suggested)


def cleanlab_says(given: Labels, probabilities: Numbers) -> Cleanlab:
    """Hand out-of-fold probabilities (N, K) to cleanlab (Northcutt, Jiang and Chuang, *JAIR* 70, 2021).

    Raises
    ------
    DqError
        cleanlab is not installed.
    """
    try:
        from cleanlab.count import compute_confident_joint
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores
    except ImportError as error:
        raise DqError(
            "suspect labels are found by cleanlab, which is not installed", "pip install dqsuite[advice]"
        ) from error
    quality = np.asarray(get_label_quality_scores(given, probabilities), float)
    if len(np.unique(given)) < probabilities.shape[1]:
        return Cleanlab(float("nan"), np.empty(0, np.int64), quality)  # it counts on every class being there
    joint = compute_confident_joint(given, probabilities, calibrate=True)
    suspects = find_label_issues(given, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    return Cleanlab(float(1 - np.trace(joint) / joint.sum()), np.asarray(suspects, np.int64), quality)


def _shifted(logits: Numbers, sizes: NDArray[np.int64], rates: Numbers) -> Numbers:
    """Return chances (B, S) whose mean, weighted by sizes (S,), is each rate: logits (B, S) shifted, by bisection."""
    low, high = np.full(len(rates), -40.0), np.full(len(rates), 40.0)
    for _ in range(50):
        middle = (low + high) / 2
        above = (expit(logits + middle[:, None]) * sizes).sum(1) > rates * sizes.sum()
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray(expit(logits + ((low + high) / 2)[:, None]))
