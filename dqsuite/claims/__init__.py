"""What a finding is, what it needs trained, and how it is judged."""

from __future__ import annotations

from dqsuite.claims.claim import Claim
from dqsuite.claims.source import sources
from dqsuite.core.registry import Registry

__all__ = ["CLAIMS", "Claim"]

CLAIMS: Registry[Claim] = Registry("claim", lambda: {each.id: each for source in sources() for each in source.claims})
"""The claims of all sources, in their order."""
