"""``--fail-if 'wrong:0.1 cost > 3%'``: what makes a run fail, read once, and judged when the study is there."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dqsuite import corruptions, datasets
from dqsuite.core.errors import DqError
from dqsuite.experiment.cells import Plan
from dqsuite.results.expect import Expected, Quantity, expected
from dqsuite.results.study import Study
from dqsuite.statistics.demands import Demand, Refuted, collected
from dqsuite.statistics.verdict import Status

INCONCLUSIVE = 3
"""The exit code where no demand is refuted, and one cannot be told."""

_FORM = "write CONDITION accuracy, cost or recall(CLASS), > or <, and a fraction or percentage: 'wrong:0.1 cost > 3%'"
_WORDS = re.compile(
    r"(?P<condition>.+?)\s+(?:(?P<plain>accuracy|cost)|recall\((?P<name>.+)\))"
    r"\s*(?P<sign>[<>])\s*(?P<number>-?(?:\d+\.?\d*|\.\d+))\s*(?P<percent>%?)"
)


@dataclass(frozen=True)
class FailIf:
    """A condition of the study, what is looked at, and the side of a bound (a fraction) on which the run fails."""

    condition: str
    quantity: str
    class_name: str
    over: bool
    bound: float

    def judge(self, study: Study) -> list[Demand]:
        """Return the verdict on the opposite, which is demanded, for each model."""
        with collected() as found:
            for model in study.models:
                quantity = self._of(expected(study, self.condition, model))
                with contextlib.suppress(Refuted):
                    (quantity.must_be_below if self.over else quantity.must_be_above)(self.bound)
        return found

    def _of(self, found: Expected) -> Quantity:
        if self.class_name:
            return found.recall(self.class_name)
        return found.cost if self.quantity == "cost" else found.accuracy


def parse(text: str) -> FailIf:
    """Read ``CONDITION QUANTITY > BOUND``. Raises DqError where it is none such."""
    found = _WORDS.fullmatch(text.strip())
    if not found:
        raise DqError(f"cannot read --fail-if {text!r}", _FORM)
    condition = str(corruptions.parse(found["condition"]))
    bound = float(found["number"]) / (100 if found["percent"] else 1)
    if abs(bound) > 1:
        raise DqError(f"--fail-if {text!r} is beyond 100%", "bounds are fractions, or percentages with %")
    name = (found["name"] or "").strip()
    return FailIf(condition, found["plain"] or "recall", name, found["sign"] == ">", bound)


def read(texts: Sequence[str], plan: Plan) -> list[FailIf]:
    """Read all of them before anything is trained. Raises DqError for a condition that the run does not have."""
    found, known = [parse(text) for text in texts], dict.fromkeys(cell.corruption for cell in plan.cells)
    for each, text in zip(found, texts, strict=True):
        if each.condition not in known:
            raise DqError(f"--fail-if {text!r}: no {each.condition} in this run", f"it has {', '.join(known)}")
    names = [each.class_name for each in found if each.class_name]
    classes = datasets.load(plan.dataset).classes if names else ()
    for name in names:
        if name not in classes:
            raise DqError(f"--fail-if: no class {name!r} in the data set", f"its classes are {', '.join(classes)}")
    return found


def judged(wanted: Sequence[FailIf], study: Study) -> list[Demand]:
    """Return the verdicts on what is demanded."""
    return [demand for each in wanted for demand in each.judge(study)]


def code(demands: Sequence[Demand]) -> int:
    """Return the exit code: 1 where one is refuted, else `INCONCLUSIVE` where one cannot be told, else 0."""
    found = {each.verdict.status for each in demands}
    return 1 if Status.REFUTED in found else INCONCLUSIVE * (Status.INCONCLUSIVE in found)


def as_json(demands: Sequence[Demand]) -> list[dict[str, Any]]:
    """Return the verdicts as plain values that JSON can hold."""
    return [{"demand": each.text} | each.verdict.to_json() for each in demands]
