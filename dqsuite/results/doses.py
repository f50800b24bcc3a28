"""Series of doses: conditions that differ in one level alone, from the mildest to the hardest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dqsuite.core.grammar import Term
from dqsuite.corruptions import CLEAN, CORRUPTIONS, Chain
from dqsuite.corruptions.values import Count, Number
from dqsuite.results.study import Study


@dataclass(frozen=True)
class Dose:
    """One condition of a series, and its place on the axis of the levels."""

    level: float
    condition: str


@dataclass(frozen=True)
class Series:
    """Conditions that differ in the level of one term.

    Attributes
    ----------
    name : str
        The chain with an ellipsis in the place of the level: ``wrong:…;classes=3``.
    doses : sequence of Dose
        From the mildest to the hardest, without the one that damages nothing.
    base : Dose or None
        The condition without this damage, the clean baseline as a rule, where the study has it.
    """

    name: str
    doses: Sequence[Dose]
    base: Dose | None

    @property
    def ordered(self) -> list[Dose]:
        """All conditions by level, the base among them."""
        return sorted([*self.doses, *([self.base] if self.base else [])], key=lambda dose: dose.level)


def series_of(study: Study, model: str) -> list[Series]:
    """Return the series of a model's conditions, in the order of the conditions; one may be of a single dose."""
    chains = {name: study.at(model, name)[0].cell.condition for name in study.conditions(model) if name != CLEAN}
    found: dict[tuple[int, Chain], list[str]] = defaultdict(list)
    for name, chain in chains.items():
        if places := [place for place, term in enumerate(chain.terms) if _graded(term)]:
            found[places[-1], _without_level(chain, places[-1])].append(name)
    return [
        _series(study, model, place, [(name, chains[name]) for name in names]) for (place, _), names in found.items()
    ]


def _series(study: Study, model: str, place: int, members: list[tuple[str, Chain]]) -> Series:
    chain = members[0][1]
    term, rest = chain.terms[place], replace(chain, terms=chain.terms[:place] + chain.terms[place + 1 :])
    base = str(rest) if study.at(model, str(rest)) else None
    nothing = _nothing(study, model, term, base)
    doses = [Dose(float(each.terms[place].value), name) for name, each in members]
    if isinstance(_kind(term), Count):
        doses.sort(key=lambda dose: -dose.level)  # the more records, the milder
    else:
        doses.sort(key=lambda dose: abs(dose.level - (nothing or 0)))
    zero = Dose(nothing, base) if base is not None and nothing is not None else None
    return Series(str(_without_level(chain, place)), doses, zero)


def _nothing(study: Study, model: str, term: Term, base: str | None) -> float | None:
    """Return the level at which a term damages nothing: of a number of records, all that there are."""
    kind = _kind(term)
    if isinstance(kind, Number):
        return None if kind.nothing is None else float(kind.nothing)
    return float(study.manifests(model, base)[0].records_after) if base is not None else None


def _graded(term: Term) -> bool:
    """Tell whether a term's level is a number that can be more or less; a default stands in no text."""
    return isinstance(_kind(term), Number | Count) and bool(term.value)


def _kind(term: Term) -> object:
    return CORRUPTIONS[term.name].level


def _without_level(chain: Chain, place: int) -> Chain:
    terms = list(chain.terms)
    terms[place] = replace(terms[place], value="…")
    return replace(chain, terms=tuple(terms))
