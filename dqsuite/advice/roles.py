"""What the conditions of a study are for in an advice: it stands in their texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dqsuite.advice.matchings import Pair, Round
from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term, canonical_number
from dqsuite.corruptions import CLEAN
from dqsuite.corruptions.values import class_index
from dqsuite.results.study import Study


@dataclass
class Roles:
    """The conditions of one model of a study.

    Attributes
    ----------
    sizes : dict
        By the number of clean records trained on.
    wrong : dict
        By the fraction of labels made wrong, uniformly.
    aimed, merged : dict
        By pair of classes: labels swapped between the two, and the one relabelled as the other.
    damages : list of str
        All that is neither aimed nor merged, and no part of the clean data.
    """

    sizes: dict[int, str] = field(default_factory=dict)
    wrong: dict[float, str] = field(default_factory=dict)
    aimed: dict[Pair, str] = field(default_factory=dict)
    merged: dict[Pair, str] = field(default_factory=dict)
    damages: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, study: Study, model: str) -> Roles:
        """Read the conditions of a study."""
        found, classes = cls(), study.card.classes
        for name in study.conditions(model):
            terms = study.at(model, name)[0].cell.condition.terms
            term = terms[0] if len(terms) == 1 else Term("")
            if name == CLEAN or term.name == "reduce":
                found.sizes[round(study.manifests(model, name)[0].records_after)] = name
            elif term.name == "asymmetric" and (pairs := _swapped(term, classes)):
                found.aimed |= dict.fromkeys(pairs, name)
            elif term.name == "relabel_class" and "-" in term.value:
                one, other = (class_index(each, classes) for each in term.value.split("-"))
                found.merged[min(one, other), max(one, other)] = name
            else:
                if term.name == "wrong" and not term.params:
                    found.wrong[float(term.value)] = name
                found.damages.append(name)
        return found


def swapping(pairs: Round, level: str, classes: Sequence[str]) -> str:
    """Return the condition that swaps this fraction of the labels within each of some disjoint pairs."""
    words = [(_word(one, classes), _word(other, classes)) for one, other in pairs]
    return f"asymmetric:{level};map=" + "/".join(f"{one}-{other}/{other}-{one}" for one, other in words)


def merging(pair: Pair, classes: Sequence[str]) -> str:
    """Return the condition that relabels the second class of a pair as the first."""
    return f"relabel_class:{_word(pair[1], classes)}-{_word(pair[0], classes)}"


def _word(index: int, classes: Sequence[str]) -> str:
    """Return how a condition names a class: by its name where that is one plain word, else by its index.

    An index that is also the name of another class stands for that one; the class is then called by its name.
    """
    name = canonical_number(classes[index])
    if re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name) and _index(name, classes) == index:
        return name
    return str(index) if _index(str(index), classes) == index else name


def _index(text: str, classes: Sequence[str]) -> int | None:
    try:
        return class_index(text, tuple(classes))
    except DqError:
        return None


def _swapped(term: Term, classes: Sequence[str]) -> list[Pair]:
    """Return the pairs that a map swaps, none where it does anything else."""
    moves = [tuple(_index(each, classes) for each in move.split("-")) for move in term.get("map").split("/") if move]
    if any(move[::-1] not in moves for move in moves):
        return []
    return [(one, other) for one, other in moves if one is not None and other is not None and one < other]
