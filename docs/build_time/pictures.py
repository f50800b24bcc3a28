"""A picture of a corruption: handwritten digits and their labels, before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from dqsuite.corruptions import Damaged
from dqsuite.datasets import Dataset

SHOWN, SIDE, LABEL, GAP, MARGIN = 12, 48, 18, 8, 60  # images; pixels
RED, GREY, BLACK = (190, 30, 30), (150, 150, 150), (20, 20, 20)


def draw(dataset: Dataset, damaged: Damaged, chosen: np.ndarray, path: Path) -> None:
    """Write a PNG: records above, and below what became of them; what has changed is red.

    Parameters
    ----------
    chosen : int (M,)
        The records shown, by their positions in the training set of images (N, H, W, C).
    """
    height = 2 * (SIDE + LABEL + GAP) + GAP
    canvas = Image.new("RGB", (MARGIN + len(chosen) * (SIDE + GAP), height), "white")
    pen = ImageDraw.Draw(canvas)
    left = dict(zip(damaged.kept.tolist(), range(len(damaged.kept)), strict=True))
    for row, title in enumerate(("before", "after")):
        pen.text((GAP, _top(row) + SIDE // 2 - 6), title, fill=BLACK)
    for column, record in enumerate(chosen.tolist()):
        x = MARGIN + column * (SIDE + GAP)
        given = dataset.classes[dataset.y_train[record]]
        _one(canvas, (x, _top(0)), dataset.x_train[record], given, BLACK)
        if record not in left:
            middle = _top(1) + SIDE // 2
            pen.line((x + SIDE // 3, middle, x + 2 * SIDE // 3, middle), fill=RED, width=2)
            continue
        now = left[record]
        label = dataset.classes[damaged.labels[now]]
        _one(canvas, (x, _top(1)), damaged.images[now], label, BLACK if label == given else RED)
    canvas.save(path)


def _one(canvas: Image.Image, at: tuple[int, int], pixels: np.ndarray, label: str, ink: tuple[int, ...]) -> None:
    """Paint an image (H, W, C) with its label below, in a frame."""
    x, y = at
    flat = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    canvas.paste(Image.fromarray(flat).resize((SIDE, SIDE), Image.Resampling.NEAREST), at)
    pen = ImageDraw.Draw(canvas)
    pen.rectangle((x - 1, y - 1, x + SIDE, y + SIDE), outline=GREY if ink == BLACK else ink)
    pen.text((x + SIDE // 2 - 3, y + SIDE + 3), label, fill=ink)


def _top(row: int) -> int:
    return GAP + row * (SIDE + LABEL + GAP)
