"""What is trained and judged at each scale: the union of what the sources have reviewed for it.

``full`` is the source's own protocol, for every finding. ``medium`` is for two CPU cores and a day: the sources' data
sets at their size of image, all test images, their levels, optimisers and batch sizes, with narrower models (never
below an eighth) and epochs and records cut; of the findings, all but absolute published numbers and those whose level
is a number of records. ``quick`` is for two CPU cores and minutes: fewer images, epochs and channels, handwritten
digits of 8×8 in place of MNIST where LeNet-5 learns it. Of the findings, it takes none that medium leaves out but the
one whose two numbers of records it keeps apart, and none of a model that no other case has trained: first the cases
that ask for nothing new, then those that share the fewest seconds, until the minutes are spent. Sizes come from pilots
on repeats from 1000 on, which are never judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dqsuite import datasets, models
from dqsuite.claims import CLAIMS
from dqsuite.claims.claim import Claim
from dqsuite.claims.source import OWN, Cases, Setup, Setups, Source, sources
from dqsuite.core.errors import DqError
from dqsuite.core.registry import Registry
from dqsuite.core.scales import ABOUT


@dataclass(frozen=True)
class Scale:
    """What is judged at a scale, and on what.

    Attributes
    ----------
    setups : mapping
        (source's data set, source's model) to what stands for it.
    findings : mapping, optional
        Claim to the names of its cases that are judged, none named for all of them; by default every claim.
    """

    setups: Setups
    findings: Cases | None = None

    def takes(self, claim: str, case: str) -> bool:
        """Tell whether a case of a claim is judged."""
        if self.findings is None:
            return True
        return claim in self.findings and (not self.findings[claim] or case in self.findings[claim])


def _scales() -> Mapping[str, Scale]:
    return {name: _scale(name) for name in ABOUT}


def _scale(name: str) -> Scale:
    found = sources()
    setups = {key: setup for source in found for key, setup in source.setups.get(name, {}).items()}
    everything = {each.id: () for source in found if name not in source.findings for each in source.claims}
    chosen = {claim: cases for source in found for claim, cases in source.findings.get(name, {}).items()}
    return Scale(setups, {**everything, **chosen} if chosen else None)


def bring(own: Iterable[tuple[Claim, Mapping[str, Setups]]]) -> None:
    """Have claims judged that no installed source has, in this process, by setups of their own.

    Data and models that are files stand in the setups by their digests from here on, so that no outcome of what they
    were is taken for one of what they are.

    Raises
    ------
    DqError
        A scale is unknown, a setup names what is not there, or another source has an id or trains a model otherwise.
    """
    for claim, given in own:
        for scale, setups in given.items():
            clash = [key for key, setup in setups.items() if SCALES[scale].setups.get(key, setup) != setup]
            if clash and claim.id not in OWN:
                told = " on ".join(reversed(clash[0]))
                raise DqError(f"{claim.id}: another claim trains {told} otherwise at {scale}", "name it otherwise")
        pinned = {name: {key: _pinned(each) for key, each in rows.items()} for name, rows in given.items()}
        OWN[claim.id] = Source(claim.source, claim.source, "", "", [claim], pinned)
    SCALES.renew()
    CLAIMS.renew()


def _pinned(setup: Setup) -> Setup:
    return replace(setup, dataset=datasets.pinned(setup.dataset), model=models.identify(setup.model).name)


SCALES: Registry[Scale] = Registry("scale", _scales)
