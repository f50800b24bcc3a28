"""lie3 as a source; lie1 and lie2 say how its models are trained."""

from __future__ import annotations

from dqsuite.claims.claim import claims_in
from dqsuite.claims.source import Source, all_but
from dqsuite.sources.lie3 import claims

SOURCE = Source(
    "lie3",
    "Can you Lie to your Model? (3/3)",
    "J. Prendki, 2020",
    "Label noise against less data at the same level, in five models.",
    claims_in(claims),
    findings={"medium": all_but(claims_in(claims)), "quick": {"lie3-noise-hurts-more": ("lenet-0.3",)}},
    figures=("dqsuite.sources.lie3.figures",),
    place=3,
)
