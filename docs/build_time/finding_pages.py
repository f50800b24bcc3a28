"""The page of findings, from the registry of claims."""

from __future__ import annotations

from pathlib import Path

from dqsuite.claims.source import Source, sources


def write_findings(folder: Path) -> None:
    """Write findings.md into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "findings.md").write_text("\n\n".join(map(_part, sources())) + "\n", encoding="utf-8")


def _part(source: Source) -> str:
    rows = [f"| `{each.id}` | {_cell(each.finding)} | {_cell(each.criterion)} |" for each in source.claims]
    head = [f"## {source.title}", "", f"{source.by}. {source.about}", ""]
    return "\n".join([*head, "| id | finding | holds when |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|").replace("<", "&lt;").replace("*", r"\*")
