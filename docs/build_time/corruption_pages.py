"""The page of corruptions, from their registry: a picture of each, what it does, its level and parameters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pictures import SHOWN, draw

import dqsuite
from dqsuite.corruptions import CORRUPTIONS
from dqsuite.corruptions.base import Corruption
from dqsuite.corruptions.values import Value
from dqsuite.datasets import Dataset

# levels at which twelve images show what happens; the others are shown at the example of their registry
SHOWN_AT = {"transition": "transition;matrix={matrix}", "first": "first:700", "contrast": "contrast:0.3"}


def write_corruptions(folder: Path) -> None:
    """Write corruptions.md and its pictures into a folder."""
    folder.mkdir(exist_ok=True)
    dataset = dqsuite.load_dataset("digits")
    matrix = folder / "matrix.npy"
    np.save(matrix, 0.5 * np.eye(10) + 0.5 * np.roll(np.eye(10), 1, axis=1))
    parts = []
    for name, entry in CORRUPTIONS.usable()[0].items():
        example = "0.5" if entry.level.example == "0.1" else entry.level.example
        condition = SHOWN_AT.get(name, f"{name}:{example}").format(matrix=matrix)
        _draw(dataset, condition, folder / f"{name}.png")
        parts.append(_part(name, entry, condition.replace(str(matrix), "matrix.npy")))
    (folder / "corruptions.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _draw(dataset: Dataset, condition: str, path: Path) -> None:
    damaged = dqsuite.damage(dataset, condition)
    order = np.argsort(dataset.y_train, kind="stable")  # every class is shown
    chosen = order[np.linspace(0, len(order) - 1, SHOWN).astype(int)]
    draw(dataset, damaged, chosen, path)


def _part(name: str, entry: Corruption, shown: str) -> str:
    rows = [("level", entry.level), *((f"`;{key}=`", value) for key, value in entry.parameters.items())]
    table = ["| | must be | default | example |", "|---|---|---|---|", *(_row(*row) for row in rows)]
    picture = f"```{{image}} generated/{name}.png\n:alt: digits and their labels before and after {shown}\n```"
    return "\n".join([f"## {name}", "", entry.about, "", picture, "", f"Shown: `{shown}`", "", *table])


def _row(what: str, value: Value) -> str:
    default = "required" if value.default is None else f"`{value.default}`" if value.default else ""
    return f"| {what} | {value.about} | {default} | `{value.example}` |".replace("``", "")
