"""Drawings as PNG, by resvg with a font of our own, so that a picture is the same on every machine."""

from __future__ import annotations

import re

from dqsuite.charts.text import FONT_FILE

ZOOM = 2  # pixels of a picture for one of a drawing
LARGEST = 8000  # pixels, of the longer side of a picture
_FOREIGN = re.compile(r"[\u0700-\u1dff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Scripts that the font lacks: Chinese, Japanese, Korean, those of India and others."""


def picture(svg: str, width: float, height: float) -> bytes:
    """Return a drawing as a PNG, twice its size in pixels, or less where it is huge.

    The fonts of the system are asked only for the scripts that ours lacks.
    """
    import resvg_py

    return resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=min(ZOOM, LARGEST / max(width, height)),
        font_files=[str(FONT_FILE)],
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
        skip_system_fonts=not _FOREIGN.search(svg),
    )
