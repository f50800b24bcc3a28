"""dqsuite measures what bad training data does to a model.

The public names stand here; each is imported when it is first used, so that ``import dqsuite`` is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dqsuite.advice.advice import Advice
    from dqsuite.advising import advise
    from dqsuite.api import damage, load_dataset, make_dataset, run
    from dqsuite.claims.claim import claim, grid
    from dqsuite.claims.evaluate import Judged, judge
    from dqsuite.core.errors import DqError
    from dqsuite.corruptions import Damaged
    from dqsuite.datasets import Dataset
    from dqsuite.results.expect import expected
    from dqsuite.results.study import Study
    from dqsuite.results.warnings import warnings_of
    from dqsuite.statistics.demands import Inconclusive, Refuted
    from dqsuite.statistics.verdict import Status, Verdict

__version__ = "0.1.0"

_HOME = {
    "advise": "advising",
    "Advice": "advice.advice",
    "damage": "api",
    "load_dataset": "api",
    "make_dataset": "api",
    "run": "api",
    "claim": "claims.claim",
    "grid": "claims.claim",
    "Judged": "claims.evaluate",
    "judge": "claims.evaluate",
    "DqError": "core.errors",
    "Damaged": "corruptions",
    "Dataset": "datasets",
    "expected": "results.expect",
    "Study": "results.study",
    "warnings_of": "results.warnings",
    "Inconclusive": "statistics.demands",
    "Refuted": "statistics.demands",
    "Status": "statistics.verdict",
    "Verdict": "statistics.verdict",
}

__all__ = [
    "Advice",
    "Damaged",
    "Dataset",
    "DqError",
    "Inconclusive",
    "Judged",
    "Refuted",
    "Status",
    "Study",
    "Verdict",
    "advise",
    "claim",
    "damage",
    "expected",
    "grid",
    "judge",
    "load_dataset",
    "make_dataset",
    "run",
    "warnings_of",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'dqsuite' has no attribute {name!r}")
    found: object = getattr(import_module(f"dqsuite.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
