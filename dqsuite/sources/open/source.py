"""The open questions as a source."""

from __future__ import annotations

from dqsuite.claims.claim import claims_in
from dqsuite.claims.source import Source, all_but
from dqsuite.sources.open import claims

SOURCE = Source(
    "open",
    "What the sources leave open",
    "",
    "Questions without an expectation, on lie1's model and data set.",
    claims_in(claims),
    findings={
        "medium": all_but(claims_in(claims)),
        "quick": {"open-large-set": ("0.1", "1"), "open-merge": (), "open-fixed-by-size": ("0.1", "1")},
    },
    place=6,
)
