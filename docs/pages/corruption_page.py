"""The page of the corruptions: what each is, what it takes, and what it does to handwritten digits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dqsuite import corruptions, datasets
from dqsuite.charts.figures import Figure, Gallery, Picture
from dqsuite.charts.sheet import sheet
from dqsuite.core.seeds import streams
from dqsuite.corruptions.base import Corruption, LabelNoise, Relabelling, Volume

_SHOWN = 8
_LEVELS = {"first": "300", "long_tail": "100", "reduce": "0.6", "gaussian": "16"}  # seen better than the example
_KINDS = {LabelNoise: "Labels", Relabelling: "Labels", Volume: "Volume and balance"}
_OPENING = """# The corruptions

Each is `name:level[;key=value]`, and they chain with `+`, one after the other, as in `first:1000+wrong:0.4`. All of
them damage the training set alone. The records that a lower level damages are among those of a higher one, except by
`shuffle`.

The pictures show the bundled handwritten digits. Under each stands the label that it has afterwards.
"""


def write(folder: Path) -> None:
    """Write ``corruptions.md`` and a picture of each."""
    data = datasets.load("digits")
    np.save(folder / "matrix.npy", np.full((10, 10), 0.04) + 0.6 * np.eye(10))
    by_kind: dict[str, list[str]] = {"Labels": [], "Volume and balance": [], "Images": []}
    for name, entry in corruptions.CORRUPTIONS.usable()[0].items():
        kind = next((found for base, found in _KINDS.items() if isinstance(entry, base)), "Images")
        text = _text(name, entry, folder)
        drawn = Figure(name, _told(text), "", Gallery({"": list(_pictures(text, entry, data))}))
        (folder / f"{name}.svg").write_text(sheet(drawn).text, encoding="utf-8")
        by_kind[kind].append(_section(name, entry))
    parts = [f"## {kind}\n\n" + "\n".join(sections) for kind, sections in by_kind.items()]
    (folder / "corruptions.md").write_text("\n".join([_OPENING, *parts]), encoding="utf-8")


def _text(name: str, entry: Corruption, folder: Path) -> str:
    if name == "transition":
        return f"transition;matrix={folder / 'matrix.npy'}"
    return f"{name}:{_LEVELS.get(name, '0.3' if isinstance(entry, LabelNoise) else entry.level.example)}"


def _told(text: str) -> str:
    return text.partition("matrix=")[0] + "matrix=matrix.npy" if "matrix=" in text else text


def _pictures(text: str, entry: Corruption, data: datasets.Dataset) -> Iterator[Picture]:
    """Yield a few records, those whose label is another now before the others."""
    damaged = corruptions.apply(corruptions.parse(text), data.x_train, data.y_train, data.classes, streams(0).noise)
    before = data.y_train[damaged.kept]
    if isinstance(entry, Volume):
        yield from _counts(damaged.labels, data)
        return
    for place in np.argsort(damaged.labels == before, kind="stable")[:_SHOWN]:
        was, now = data.classes[before[place]], data.classes[damaged.labels[place]]
        yield Picture(_larger(damaged.images[place]), now if was == now else f"{was} → {now}")


def _counts(labels: np.ndarray, data: datasets.Dataset) -> Iterator[Picture]:
    """Yield one record of each class, with how many there are and were."""
    for number, name in enumerate(data.classes):
        first = int(np.argmax(data.y_train == number))
        left, before = int((labels == number).sum()), int((data.y_train == number).sum())
        yield Picture(
            _larger(data.x_train[first] if left else np.zeros_like(data.x_train[first])), f"{name}: {left} of {before}"
        )


def _larger(image: np.ndarray) -> np.ndarray:
    return image.repeat(9, axis=0).repeat(9, axis=1)


def _section(name: str, entry: Corruption) -> str:
    values = {"level": entry.level, **entry.parameters}
    rows = [
        f"| `{key}` | {value.about.replace('|', '/')} | {f'`{value.default}`' if value.default else ''} |"
        for key, value in values.items()
    ]
    table = "\n".join(["| | what it takes | default |", "|---|---|---|", *rows])
    return f"### {name}\n\n{entry.about}\n\n`{entry.usage(name)}`\n\n{table}\n\n![What {name} does]({name}.svg)\n"
