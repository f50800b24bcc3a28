"""The list of findings by source: what each says, and when it is said to hold."""

from __future__ import annotations

from pathlib import Path

from dqsuite.claims.source import Source, sources

_OPENING = """# The list of findings

What the sources say, in our words, and when we say that it holds. What came out stands in the report.
"""


def write(folder: Path) -> None:
    """Write ``findings_list.md``."""
    (folder / "findings_list.md").write_text("\n".join([_OPENING, *map(_section, sources())]), encoding="utf-8")


def _section(source: Source) -> str:
    table = "| id | finding | holds when | cases |\n|---|---|---|---|\n"
    head = f"## {source.title}\n\n{source.by}. {source.about}\n\n{table}"
    rows = [
        f"| {each.id} | {_plain(each.finding)} | {_plain(each.criterion)} | {len(each.cases)} |"
        for each in source.claims
    ]
    return head + "\n".join(rows) + "\n"


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return text.replace("|", "\\|").replace("[", "\\[").replace("*", "\\*").replace("_", "\\_")
