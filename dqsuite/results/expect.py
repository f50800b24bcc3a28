"""What can be demanded of a condition of a study: ``study["wrong:0.1"].cost.must_be_below(0.03)``.

All numbers are fractions. The words are those of ``dqsuite run --fail-if``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dqsuite import corruptions
from dqsuite.core.errors import DqError
from dqsuite.corruptions import CLEAN
from dqsuite.results.intervals import rate_change
from dqsuite.results.predictions import Predictions
from dqsuite.statistics.criteria import above, below, inside
from dqsuite.statistics.demands import demand
from dqsuite.statistics.estimate import Estimate, Interval, rate
from dqsuite.statistics.judgement import Judgement
from dqsuite.statistics.verdict import Verdict

if TYPE_CHECKING:
    from dqsuite.results.study import Study


@dataclass(frozen=True)
class Quantity:
    """A number with its error, and what is demanded of it.

    Each demand returns its verdict where it holds. It raises `Refuted`, an AssertionError, where the 95% interval lies
    on the other side, and `Inconclusive` where the interval has the bound in it; in a test of pytest the latter skips
    the test at its end, or fails it with ``--dq-strict``.
    """

    name: str
    estimate: Estimate

    @property
    def interval(self) -> Interval:
        """The mean and its 95% interval."""
        return self.estimate.interval()

    def must_be_below(self, bound: float) -> Verdict:
        """Demand that it is below a bound."""
        __tracebackhide__ = True
        return self._demand(f"below {bound:g}", below(self.estimate, bound))

    def must_be_above(self, bound: float) -> Verdict:
        """Demand that it is above a bound."""
        __tracebackhide__ = True
        return self._demand(f"above {bound:g}", above(self.estimate, bound))

    def must_be_between(self, low: float, high: float) -> Verdict:
        """Demand that it lies between two bounds."""
        __tracebackhide__ = True
        return self._demand(f"between {low:g} and {high:g}", inside(self.estimate, low, high))

    def _demand(self, text: str, judged: Judgement) -> Verdict:
        __tracebackhide__ = True
        return demand(f"{self.name} {text}", judged.verdict())


@dataclass(frozen=True, eq=False)
class Expected:
    """One condition of one model, beside the clean baseline of the same repeats."""

    name: str
    found: Predictions
    clean: Predictions

    @property
    def accuracy(self) -> Quantity:
        """The test accuracy after the last epoch."""
        return Quantity(f"{self.name} accuracy", rate(self.found.right()))

    @property
    def cost(self) -> Quantity:
        """The clean baseline's accuracy minus this one's, paired by repeat and image: above 0 where damage hurts."""
        return Quantity(f"{self.name} cost", rate_change(self.clean.right(), self.found.right()))

    def recall(self, name: str) -> Quantity:
        """Return the recall of a class. Raises DqError where there is no such class, or no test image of it."""
        if name not in self.found.classes:
            known = ", ".join(map(str, self.found.classes))
            raise DqError(f"no class {name!r} in the data set", f"its classes are {known}")
        right = self.found.recall(name)
        if not right.size:
            raise DqError(f"class {name!r} has no test image", "demand something of another class")
        return Quantity(f"{self.name} recall({name})", rate(right))


def expected(study: Study, condition: str, model: str = "") -> Expected:
    """Return what can be demanded of a condition, in the grammar of the command line, of a model or the only one.

    Raises
    ------
    DqError
        The study has no such condition or model, or has several models and none is named.
    """
    text, one = str(corruptions.parse(condition)), model or study.models[0]
    if not model and len(study.models) > 1:
        raise DqError("the study has several models", "name one: dqsuite.expected(study, condition, model)")
    if not study.at(one, text) or not study.at(one, CLEAN):
        known = ", ".join(f"{name} {each}" for name in study.models for each in study.conditions(name))
        raise DqError(f"the study has no {text!r} of {one}", f"it has {known}")
    name = text if len(study.models) == 1 else f"{one} {text}"
    return Expected(name, study.predictions(one, text), study.predictions(one, CLEAN))
