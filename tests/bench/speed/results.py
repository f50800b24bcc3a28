"""The results of a benchmark in a file: JSON for programs, and a Markdown table for the README."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from dqsuite.core.files import replacing
from speed.figure import Figure, quantity


def save(figures: Sequence[Figure], machine: Mapping[str, str], path: Path) -> None:
    """Write the JSON to the path and the Markdown beside it, with the suffix ``.md``."""
    found = {"machine": dict(machine), "figures": [figure.to_json() for figure in figures]}
    for target, text in ((path, json.dumps(found, indent=1)), (path.with_suffix(".md"), markdown(figures, machine))):
        with replacing(target) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")


def markdown(figures: Sequence[Figure], machine: Mapping[str, str]) -> str:
    """Return the machine and a table of the figures."""
    lines = [
        "; ".join(f"{name} {value}" for name, value in machine.items()),
        "",
        "| measured | median | range | aim | |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_row(figure) for figure in figures)])


def _row(figure: Figure) -> str:
    aim = f"{figure.aim}{'' if figure.met else ', missed'}" if figure.aim else ""
    cells = (figure.name, quantity(figure.median, figure.unit), figure.spread, aim, figure.note)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
