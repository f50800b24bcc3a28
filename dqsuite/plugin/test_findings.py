"""Every published finding as a test, for whoever has only the wheel: ``pytest --pyargs dqsuite -m quick``."""

from __future__ import annotations

from dqsuite.claims import CLAIMS
from dqsuite.plugin import case_of

globals().update({f"test_{claim.id.replace('-', '_')}": case_of(claim) for claim in CLAIMS.values()})
