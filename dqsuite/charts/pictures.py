"""Images of a data set, as PNG within a page and a drawing, and a gallery of them as SVG for a file."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from dqsuite.charts.drawing import Drawing, joined, words
from dqsuite.charts.figures import Gallery, Picture
from dqsuite.charts.text import fitted, width, wrapped

_SIDE, _GAP = 72, 10  # px
_ABREAST = 8
_WIDEST = _ABREAST * (_SIDE + _GAP)
_LINE = 14  # px, of a caption
_HEAD, _NAME = 20, 12  # px, the line with the name of a row, and the size of the name


def encoded(shown: Picture) -> bytes:
    """Return an image as a PNG."""
    from PIL import Image

    pixels = shown.image[..., 0] if shown.image.shape[-1] == 1 else shown.image
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def data_uri(shown: Picture) -> Markup:
    """Return an image as an address that holds all of it."""
    return Markup("data:image/png;base64,") + base64.b64encode(encoded(shown)).decode()


def gallery_drawing(body: Gallery) -> Drawing:
    """Return a gallery as a drawing: so many images abreast, their texts below."""
    parts: list[Markup] = []
    y = 0.0
    for name, pictures in body.rows.items():
        parts.append(words(0, y + 12, fitted(name, _WIDEST, _NAME), "caption"))
        y += _HEAD
        for start in range(0, len(pictures), _ABREAST):
            drawn, height = _abreast(pictures[start : start + _ABREAST], y)
            parts += drawn
            y += height
    most = max((len(pictures) * (_SIDE + _GAP) for pictures in body.rows.values()), default=0)
    wide = max([most, *(width(name, _NAME) for name in body.rows)])
    title = ", ".join(f"{len(pictures)} images: {name}" for name, pictures in body.rows.items())
    return Drawing(min(math.ceil(wide), _WIDEST), math.ceil(y), title, joined(parts))


def _abreast(pictures: Sequence[Picture], y: float) -> tuple[list[Markup], float]:
    """Return images side by side and the height that they take, in pixels."""
    image = Markup('<image class="photo" x="{}" y="{:g}" width="{}" height="{}" href="{}"/>')
    parts, lines = [], 0
    for at, picture in enumerate(pictures):
        x = at * (_SIDE + _GAP)
        parts.append(image.format(x, y, _SIDE, _SIDE, data_uri(picture)))
        texts = wrapped(picture.text, _SIDE + _GAP - 4)
        parts += [words(x, y + _SIDE + _LINE * line, text, "axis") for line, text in enumerate(texts, 1)]
        lines = max(lines, len(texts))
    return parts, _SIDE + _LINE * lines + _GAP
