"""One picture, from where it is, as people see it: turned by its EXIF orientation, grey or RGB, at the wanted size."""

from __future__ import annotations

import contextlib
import io
import logging
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dqsuite.datasets.pixels import one_picture
from dqsuite.datasets.resize import resized

if TYPE_CHECKING:
    from PIL import Image

# Formats of pixels alone: Pillow would also start Ghostscript for PostScript, whatever a file is called.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "DIB", "TIFF", "WEBP", "AVIF", "JPEG2000", "PPM", "ICO", "PCX", "SGI", "TGA")
_LARGEST = 100_000_000  # pixels of one picture: its decoder takes up to six bytes for each
_ORIENTATION = 0x0112  # the EXIF tag
_SILENT = logging.NullHandler()  # without any, Python prints the warnings of a log
_BROKEN = (OSError, ValueError, SyntaxError, IndexError, TypeError, KeyError, EOFError, MemoryError, ArithmeticError)


class Unreadable(Exception):  # noqa: N818 - what it is about, not what a user has done
    """A picture that cannot be read; the text says why."""


class Pixels(NamedTuple):
    """What was read: uint8 (H, W, C), or uint16 (H, W, 1) of a grey picture with 16 bits.

    `shallow` tells that it has 16 bits for each colour, of which Pillow gives the upper 8.
    """

    values: NDArray[np.uint8] | NDArray[np.uint16]
    shallow: bool = False


def read(content: object, name: str, size: int) -> Pixels:
    """Return a picture, `size` pixels high and wide, or as large as it is if that is 0.

    Parameters
    ----------
    content
        The path of a file, the bytes of one, an image of Pillow's, or an array or tensor (H, W) or (H, W, C).
    name
        What messages call it.

    Raises
    ------
    Unreadable
        It is no picture, damaged, or too large.
    DqError
        An array of another form, with the line that mends it.
    """
    from PIL import Image

    if isinstance(content, Image.Image):
        return _seen(content, size)
    if not isinstance(content, bytes | Path):
        values = one_picture(content, name)
        return _seen(Image.fromarray(values.squeeze(2) if values.shape[2] == 1 else values), size)
    try:
        with _opened(content) as image:
            if size:  # a JPEG is decoded at about that size, in a fraction of the time
                image.draft(None, (2 * size, 2 * size))
            return _seen(image, size)
    except Unreadable:
        raise
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise Unreadable(_reason(error)) from error


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what decoders warn of from the terminal, in all threads: a picture that can be read is read."""
    logging.getLogger("PIL").addHandler(_SILENT)
    with warnings.catch_warnings(action="ignore"):
        yield


def _opened(content: bytes | Path) -> Image.Image:
    from PIL import Image

    if isinstance(content, Path):
        kind = content.stat().st_mode
        if not stat.S_ISREG(kind):  # a pipe would wait for ever
            raise Unreadable("a folder" if stat.S_ISDIR(kind) else "no file")
    Image.init()
    image = Image.open(
        io.BytesIO(content) if isinstance(content, bytes) else content,
        formats=[name for name in _FORMATS if name in Image.OPEN],
    )
    width, height = image.size
    if width * height > _LARGEST:
        image.close()
        raise Unreadable(f"{width * height / 1e6:,.0f} megapixels, more than {_LARGEST / 1e6:.0f}")
    return image


def _seen(image: Image.Image, size: int) -> Pixels:
    """Return the pixels of an image as people see it."""
    from PIL import ImageOps

    shallow = _is_shallow(image)
    if image.getexif().get(_ORIENTATION, 1) != 1:
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16"):
        return Pixels(_sixteen_bits(image, size))
    flat = _eight_bits(image)
    return Pixels(np.atleast_3d(np.asarray(resized(flat, size) if size else flat, np.uint8)), shallow)


def _is_shallow(image: Image.Image) -> bool:
    tiles = getattr(image, "tile", None) or ()
    return not image.mode.startswith("I") and any(";16" in str(tile[3]) for tile in tiles)


def _sixteen_bits(image: Image.Image, size: int) -> NDArray[np.uint16]:
    """Return uint16 (H, W, 1); resized as floats, for Pillow would clip."""
    from PIL import Image

    values: NDArray[Any] = np.asarray(image)
    if size:
        values = np.rint(np.asarray(resized(Image.fromarray(values.astype(np.float32)), size)))
    return values.astype(np.uint16)[..., np.newaxis]


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a copy in mode L or RGB. What is transparent is laid on white, so that colours hidden there do not show.

    Raises Unreadable for 32-bit grey, whose white can be any value.
    """
    from PIL import Image

    if image.mode in ("I", "F"):
        raise Unreadable(f"grey of 32 bits per pixel, mode {image.mode}: save it with 8 bits")
    mode = "L" if image.mode in ("1", "L", "LA", "La") else "RGB"
    if image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return image.convert(mode)


def _reason(error: BaseException) -> str:
    from PIL import UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError):
        return "no image of a known format"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "damaged"
