"""A claim: a published finding, its cases, and the judge that turns measurements into a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Protocol

from dqsuite.results.predictions import Predictions
from dqsuite.statistics.judgement import Judgement
from dqsuite.statistics.verdict import Status, Verdict, of_cases

Case = Mapping[str, str]


class Measurements(Protocol):
    """Where a judge gets its measurements from. What a judge asks for is what its case needs to have trained."""

    def at(self, model: str, condition: str = "clean", *, data: str = "cifar10", epoch: str = "") -> Predictions:
        """Return the predictions of one condition, at the scale that is judged.

        Parameters
        ----------
        model, condition : str
            As the source has them; the scale makes the model narrower or the data smaller.
        data : str
            The source's data set.
        epoch : str
            ``last`` or ``best``; by default the one that the source judges.
        """


Judge = Callable[..., Judgement]


@dataclass(frozen=True)
class Claim:
    """One row of the list of findings.

    Attributes
    ----------
    id : str
        Starts with the source's name.
    finding, criterion : str
        What the source says, in our words, and when we say that it holds.
    cases : sequence of mappings
        Arguments of the judge; one empty mapping for a finding of one case.
    judge : callable
        ``judge(measured, **case) -> Judgement``. It asks for the same predictions whatever they show.
    contradicts : str
        The id of a claim that cannot hold as well.
    ours : mapping
        Argument to values: the cases with one of them are our addition to what the source says, such as a model that it
        did not train, or a control. They are judged and shown, and do not decide the finding.
    depends_on : str
        What the finding is said to depend on where some cases hold and others are refuted.
    published : mapping
        Names of cases to the source's own number, in the unit of their verdicts, to stand beside ours.
    """

    id: str
    finding: str
    criterion: str
    cases: Sequence[Case]
    judge: Judge
    contradicts: str = ""
    ours: Mapping[str, Sequence[str]] = field(default_factory=dict)
    depends_on: str = ""
    published: Mapping[str, float] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The first part of the id: lie1, lie2, lie3, poisoning, he or open."""
        return self.id.partition("-")[0]

    def named_cases(self) -> Iterator[tuple[str, Case]]:
        """Yield each case with its name, ``lenet-0.2``; the only case of a finding has the empty name."""
        for case in self.cases:
            yield "-".join(case.values()), case

    def decides(self, case: Case) -> bool:
        """Tell whether a case decides the finding: whether it is the source's and not our addition."""
        return not any(case.get(name) in values for name, values in self.ours.items())

    def is_ours(self, name: str) -> bool:
        """Tell whether the case of a name is our addition; a name that the claim does not have is none."""
        return any(known == name and not self.decides(case) for known, case in self.named_cases())

    def verdict(self, found: Mapping[str, Verdict]) -> Verdict:
        """Return what the verdicts on its cases, by name, say of the finding, see `of_cases`."""
        verdict = of_cases(list(self.deciding(found).values()))
        if self.splits(found):
            return replace(verdict, status=Status.INCONCLUSIVE, note=f"depends on {self.depends_on}: {verdict.note}")
        return verdict

    def deciding(self, found: Mapping[str, Verdict]) -> Mapping[str, Verdict]:
        """Return the verdicts on the cases that decide: all of them where none is the source's."""
        ours = {name for name, case in self.named_cases() if not self.decides(case)}
        return {name: verdict for name, verdict in found.items() if name not in ours} or found

    def splits(self, found: Mapping[str, Verdict]) -> bool:
        """Tell whether the finding depends on what it may depend on: some cases hold, and others are refuted."""
        statuses = {each.status for each in self.deciding(found).values()}
        return bool(self.depends_on) and {Status.HOLDS, Status.REFUTED} <= statuses


def grid(**values: Sequence[str]) -> list[dict[str, str]]:
    """Return every combination of the values as a case."""
    return [dict(zip(values, combination, strict=True)) for combination in product(*values.values())]


def claim(identity: str, finding: str, criterion: str, **options: Any) -> Callable[[Judge], Claim]:  # noqa: ANN401
    """Make a claim of a judge: a decorator, with the fields of `Claim` as options."""
    cases = options.pop("cases", [{}])
    return lambda judge: Claim(identity, finding, criterion, cases, judge, **options)


def claims_in(*modules: object) -> list[Claim]:
    """Return the claims that stand in modules, in their order."""
    return [value for module in modules for value in vars(module).values() if isinstance(value, Claim)]
