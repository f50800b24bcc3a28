"""A source: an article, or a package of somebody else, whose findings are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dqsuite.claims.claim import Claim
from dqsuite.core.registry import Registry
from dqsuite.experiment.recipes import Recipe


@dataclass(frozen=True)
class Setup:
    """How a source's model is trained at a scale.

    Attributes
    ----------
    dataset, model : str
        In the grammar of dqsuite.
    recipe : Recipe
    volume : str
        A corruption before every other: the images that there are at this scale; empty for all.
    epoch : str
        The epoch that the source judges: ``last``, or ``best`` on the recipe's validation set.
    repeats : int
        A case that compares setups of different numbers takes the fewest of them, which all have.
    """

    dataset: str
    model: str
    recipe: Recipe
    volume: str = ""
    epoch: str = "last"
    repeats: int = 5

    def condition(self, text: str) -> str:
        """Return a condition after the volume of the scale."""
        steps = [step for step in (self.volume, "" if text == "clean" else text) if step]
        return "+".join(steps) or "clean"


Setups = Mapping[tuple[str, str], Setup]
Cases = Mapping[str, Sequence[str]]


def all_but(claims: Sequence[Claim], *left_out: str) -> Cases:
    """Return the findings of a scale that judges every claim but some, by their ids."""
    return {each.id: () for each in claims if each.id not in left_out}


@dataclass(frozen=True)
class Source:
    """All that a source brings.

    Attributes
    ----------
    key : str
        Its short name, in which the ids of its claims begin.
    title, by, about : str
        What it is called, who wrote it and when, and what it did.
    claims : sequence of Claim
    setups : mapping
        Scale to (source's data set, source's model) to what stands for it. One source's serve the others too.
    findings : mapping
        Scale to the claims that it judges, each to the names of its cases, none named for all of them. A scale that is
        not named judges every claim. A finding that the pilot of a small scale could not decide with affordable repeats
        is left out.
    figures : sequence of str
        The modules whose sketches are drawn in the report.
    place : int
        Where it stands among the sources.
    """

    key: str
    title: str
    by: str
    about: str
    claims: Sequence[Claim]
    setups: Mapping[str, Setups] = field(default_factory=dict)
    findings: Mapping[str, Cases] = field(default_factory=dict)
    figures: Sequence[str] = ()
    place: int = 100


SOURCES: Registry[Source] = Registry("source", {}, group="dqsuite.sources", of=Source)


OWN: dict[str, Source] = {}
"""What the test files of this process bring beside them, by the id of the claim; see `dqsuite.claims.scales.bring`."""


def sources() -> list[Source]:
    """Return the sources that can be used, of installed packages and of this process, in their order."""
    return sorted([*SOURCES.usable()[0].values(), *OWN.values()], key=lambda source: (source.place, source.key))
