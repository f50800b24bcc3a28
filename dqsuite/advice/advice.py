"""What to do about damage, drawn from a study: which classes break, which are look-alikes, what damage is worth.

Every answer can be that it cannot be told, with what would tell it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from dqsuite.advice.lookalikes import LookAlike, LookAlikes, look_alikes
from dqsuite.advice.roles import Roles
from dqsuite.advice.sensitivity import Sensitivity, sensitivity
from dqsuite.advice.worth import Worth, worth
from dqsuite.core.errors import DqError
from dqsuite.corruptions import CLEAN
from dqsuite.results.predictions import Predictions, predictions_of
from dqsuite.results.study import Study
from dqsuite.statistics.estimate import Interval

WRONG, LESS = "wrong labels", "less data"


@dataclass(frozen=True)
class Advice:
    """The answers about one model of a study.

    Attributes
    ----------
    dataset, model : str
    repeats : int
        Trainings of each condition that were used.
    sensitivities : sequence of Sensitivity
        To wrong labels and to less data, as far as the study has them.
    look_alikes : LookAlikes or None
    worth : Worth or None
    untold : mapping
        The questions that are not answered, and why.
    """

    dataset: str
    model: str
    repeats: int
    sensitivities: tuple[Sensitivity, ...]
    look_alikes: LookAlikes | None
    worth: Worth | None
    untold: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the answers as JSON's types: every number with its interval, as fractions."""
        return {
            "dataset": self.dataset,
            "model": self.model,
            "repeats": self.repeats,
            "breaks_first": [_sensitivity(each) for each in self.sensitivities],
            "look_alikes": _look_alikes(self.look_alikes) if self.look_alikes else None,
            "worth": _worth(self.worth) if self.worth else None,
            "cannot_tell": dict(self.untold),
        }


def advice_of(study: Study, model: str = "") -> Advice:
    """Draw from a study what it says of a model, the first one by default; nothing is trained.

    Raises
    ------
    DqError
        The study has no such model, no clean baseline, or but one repeat.
    """
    name = model or study.models[0]
    if name not in study.models:
        raise DqError(f"the study has no model {name!r}", f"it has {', '.join(study.models)}")
    roles = Roles.of(study, name)
    found = _shared(study, name)
    clean = found.get(CLEAN)
    if clean is None or len(clean.predicted) < 2:
        raise DqError("an advice needs a clean baseline and two repeats of every condition", "train three")
    repeats = len(clean.predicted)
    if clean.at_chance == repeats:
        why = "on clean data the model is no better than guessing: train longer, on more records or another model"
        return Advice(study.card.name, name, repeats, (), None, None, dict.fromkeys(_QUESTIONS, why))
    total = max(roles.sizes)
    less = {round(1 - count / total, 4): found[each] for count, each in roles.sizes.items() if count < total}
    wrong = {level: found[each] for level, each in roles.wrong.items()}
    aimed = {pair: found[each] for pair, each in roles.aimed.items() if _tested(clean, pair)}
    merged = {pair: found[each] for pair, each in roles.merged.items() if _tested(clean, pair)}
    placed = {each: found[each] for each in roles.damages}
    untold = {
        "look-alikes": "" if aimed else "no damage was aimed at a pair of classes that is tested on",
        "worth": "" if len(roles.sizes) > 2 else "fewer than three parts of the data were trained on",
    }
    return Advice(
        study.card.name,
        name,
        repeats,
        tuple(sensitivity(each, clean, doses) for each, doses in ((WRONG, wrong), (LESS, less)) if doses),
        look_alikes(clean, aimed, merged) if aimed else None,
        worth({count: found[each] for count, each in roles.sizes.items()}, placed) if len(roles.sizes) > 2 else None,
        {question: why for question, why in untold.items() if why},
    )


_QUESTIONS = ("breaks first", "look-alikes", "worth")


def _shared(study: Study, model: str) -> dict[str, Predictions]:
    """Return the predictions by condition, of the repeats that all conditions have."""
    cells = {name: study.at(model, name) for name in study.conditions(model)}
    shared = set.intersection(*({each.cell.repeat for each in found} for found in cells.values()))
    return {
        name: predictions_of([each for each in found if each.cell.repeat in shared], study.card, "last")
        for name, found in cells.items()
        if shared
    }


def _tested(found: Predictions, pair: Iterable[int]) -> bool:
    return set(pair) <= set(found.truth.tolist())


def _sensitivity(found: Sensitivity) -> dict[str, Any]:
    return {
        "damage": found.damage,
        "first": found.first or None,
        "may_be_first": list(found.worst),
        "repeats_that_would_tell": found.repeats,
        "classes": [
            {
                "name": each.name,
                "loss": _interval(each.loss),
                "curve": [{"level": level} | _interval(loss) for level, loss in each.curve.items()],
            }
            for each in found.classes
        ],
    }


def _look_alikes(found: LookAlikes) -> dict[str, Any]:
    return {
        "most_alike": list(found.first) if found.first else None,
        "may_be_most_alike": [list(pair) for pair in found.most_alike],
        "repeats_that_would_tell": found.repeats,
        "pairs": [_pair(each) for each in found.pairs],
    }


def _pair(found: LookAlike) -> dict[str, Any]:
    numbers = {key: _interval(getattr(found, key)) for key in ("alikeness", "confusion", "growth", "direction")}
    tried = found.merged
    merged = {key: _interval(getattr(tried, key)) for key in ("merged", "unmerged", "gain")} if tried else None
    return {"classes": list(found.names), "advice": found.advice, "reason": found.reason, **numbers, "merged": merged}


def _worth(found: Worth) -> dict[str, Any]:
    curve = found.curve
    last, gain, exponent = map(float, curve.parameters)
    return {
        "curve": {
            "sizes": [int(size) for size in curve.sizes],
            "accuracy": [_interval(each) for each in curve.measured],
            "fitted": [_number(curve.expected(size)) for size in curve.sizes],
            "asymptote": _number(1 - (last - gain)),
            "exponent": _number(exponent),
            "misfit": _number(curve.misfit),
            "p_fit": _number(curve.p_fit),
            "bad_fit": curve.bad_fit,
        },
        "flat": found.flat,
        "damages": [
            {
                "condition": each.condition,
                "accuracy": _interval(each.accuracy),
                "effective_fraction": _interval(each.fraction),
                "extrapolated": each.beyond,
            }
            for each in found.damages
        ],
    }


def _interval(found: Interval) -> dict[str, float | None]:
    return {key: _number(getattr(found, key)) for key in ("mean", "low", "high")}


def _number(value: float) -> float | None:
    return round(float(value), 6) if isfinite(value) else None
