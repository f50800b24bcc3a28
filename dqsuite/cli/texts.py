"""Texts for rich that are shown as they are: without markup, and with nothing in them that a terminal obeys."""

from __future__ import annotations

from rich.text import Text

from dqsuite.core.escapes import line


def plain(text: str) -> Text:
    """Return a line, safe to show whoever wrote it."""
    return Text(line(text))
