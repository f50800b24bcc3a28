"""The rate of wrong labels from a few checked records and from what a model says of all of them.

A random sample alone gives a binomial's interval. Where the model's chances go with what is wrong, checked records
only have to correct their mean: the logistic generalised regression estimator (Lehtonen and Veijanen, *Survey
Methodology* 24, 1998). The model need not be right: what it has wrong, the checked records correct. The interval is
that of a binomial of as many records as would tell as much (Korn and Graubard, *Survey Methodology* 24, 1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from dqsuite.advice.audit import Audit
from dqsuite.advice.calibration import Calibration
from dqsuite.statistics.estimate import Interval

_FOLDS = 10
_TAIL = 0.025  # beyond each end of an interval

Numbers = NDArray[np.float64]
Wrong = NDArray[np.bool_]


@dataclass(frozen=True)
class AuditedRate:
    """The fraction of wrong labels of a data set, by an audit.

    Attributes
    ----------
    audit : Audit
    mean : float
    worth : float
        How many records, checked at random, would tell as much without the model: as many as are checked, or more.
    calibration : Calibration
        Of the model's chances, on all checked records.
    """

    audit: Audit
    mean: float
    worth: float
    calibration: Calibration

    @classmethod
    def of(cls, audit: Audit, logits: Numbers) -> AuditedRate:
        """Estimate it, given the logits of the model's chances that the N labels are wrong (N,).

        How well the model does is seen on checked records that its calibration has not, and as if one more of them
        had been a complete surprise.
        """
        wrong = audit.given != audit.true
        checked, known = len(wrong), logits[audit.records]
        left = (1 + np.square(wrong - _unseen(known, wrong)).sum()) / (1 + checked)
        alone, model = wrong.var(), Calibration.fit(known, wrong)
        if not left < alone:
            return cls(audit, float(wrong.mean()), checked, model)
        mean = model.chances(logits).mean() + (wrong - model.chances(known)).mean()
        least, most = audit.wrong / audit.total, (audit.wrong + audit.total - checked) / audit.total
        return cls(audit, float(mean.clip(least, most)), checked * alone / left, model)

    def interval(self) -> Interval:
        """Return the rate with its 95% interval; ``n`` is the number of checked records."""
        checked, total = len(self.audit.records), self.audit.total
        if checked == total:
            return Interval(self.mean, self.mean, self.mean, checked)
        low, high = exact_ends(self.mean * self.worth, self.worth)
        return Interval(self.mean, low, high, checked)

    def draws(self, count: int) -> Numbers:
        """Return what the rate may be (count,), each of a whole number of records: by Jeffreys' prior."""
        checked, total = len(self.audit.records), self.audit.total
        if checked == total:
            return np.full(count, self.mean)
        rest = total - checked
        wrong = (self.mean * total - self.audit.wrong) / rest
        worth = self.worth * rest / total
        drawn = np.random.default_rng(0).beta(wrong * worth + 0.5, (1 - wrong) * worth + 0.5, count)
        return np.asarray((self.audit.wrong + np.rint(rest * drawn)) / total)


def exact_ends(wrong: float, checked: float) -> tuple[float, float]:
    """Return the ends of a binomial's exact 95% interval (Clopper and Pearson 1934); numbers need not be whole."""
    low = beta.ppf(_TAIL, wrong, checked - wrong + 1) if wrong > 0 else 0.0
    high = beta.ppf(1 - _TAIL, wrong + 1, checked - wrong) if wrong < checked else 1.0
    return float(low), float(high)


def _unseen(logits: Numbers, wrong: Wrong) -> Numbers:
    """Return the chance of each checked record (m,) by a calibration on the other folds; they are in random order."""
    fold = np.arange(len(wrong)) % _FOLDS
    found = np.empty(len(wrong))
    for each in np.unique(fold):
        found[fold == each] = Calibration.fit(logits[fold != each], wrong[fold != each]).chances(logits[fold == each])
    return found
