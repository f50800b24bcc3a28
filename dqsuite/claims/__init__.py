"""The published findings as claims: data and a judge each, one file per source."""

from __future__ import annotations

from dqsuite.claims import he2019, lie1, lie2, lie3, open_questions, poisoning
from dqsuite.claims.claim import Claim, collect
from dqsuite.registry import Registry

__all__ = ["CLAIMS", "Claim"]

CLAIMS: Registry[Claim] = collect(lie1, lie2, lie3, poisoning, he2019, open_questions)
