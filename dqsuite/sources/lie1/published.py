"""lie1's own numbers, to stand beside ours."""

from __future__ import annotations

LIE1_CATS_AS_FROGS = 82
"""Of 1,000 cats, by the model trained on clean data."""
