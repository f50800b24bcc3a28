"""The published findings as claims: data and a judge each, one file per source."""

from __future__ import annotations

from dqsuite.claims.claim import Claim, collect
from dqsuite.core.registry import Registry
from dqsuite.sources.he2019 import claims as he2019
from dqsuite.sources.lie1 import claims as lie1
from dqsuite.sources.lie2 import claims as lie2
from dqsuite.sources.lie3 import claims as lie3
from dqsuite.sources.open import claims as open_questions
from dqsuite.sources.poisoning import claims as poisoning

__all__ = ["CLAIMS", "Claim"]

CLAIMS: Registry[Claim] = collect(lie1, lie2, lie3, poisoning, he2019, open_questions)
