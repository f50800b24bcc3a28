"""Arrays of pixels from outside, as uint8 (N, H, W, C), or refused with the line that mends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError


@dataclass(frozen=True)
class _Form:
    """How the one who gave an array writes: what he calls it, and the axes that move the channels last."""

    axes: str
    tensor: bool = False

    def line(self, factor: str, *, move: bool) -> str:
        """Return the line that makes integers of floats (`factor` is `` * 255`` or nothing), and moves the channels."""
        rounded = f"(x{factor}).round()" if factor else "x.round()"
        move_last = f".{'permute' if self.tensor else 'transpose'}({self.axes})" if move else ""
        return rounded + (".byte()" if self.tensor else ".astype('uint8')") + move_last


def pictures(array: NDArray[Any], what: str) -> NDArray[np.uint8]:
    """Return integers from 0 to 255 of shape (N, H, W), (N, H, W, 1) or (N, H, W, 3) as uint8 (N, H, W, C).

    Raises
    ------
    DqError
        Anything else.
    """
    return _checked(array, array.shape, what, _Form("0, 2, 3, 1"))


def one_picture(array: object, what: str) -> NDArray[np.uint8]:
    """Return an array or tensor (H, W), (H, W, 1) or (H, W, 3) as uint8 (H, W, C). Raises DqError as `pictures`."""
    try:
        values = np.asarray(array)
    except (TypeError, ValueError, RuntimeError) as error:  # such as a tensor on another device
        raise DqError(f"{what} is a {type(array).__name__}, not an image", "give arrays (H, W, C) in memory") from error
    if values.ndim not in (2, 3):
        kind = type(array).__name__
        raise DqError(f"{what} is no image but a {kind} of shape {values.shape}", "give uint8 (H, W) or (H, W, 3)")
    form = _Form("1, 2, 0", tensor=hasattr(array, "permute"))
    found: NDArray[np.uint8] = _checked(values[np.newaxis], values.shape, what, form)[0]
    return found


def _checked(array: NDArray[Any], shape: tuple[int, ...], what: str, form: _Form) -> NDArray[np.uint8]:
    if not array.size:
        raise DqError(f"{what} is empty", "give at least one image of each class")
    first = array.ndim == 4 and array.shape[3] not in (1, 3) and array.shape[1] in (1, 3)
    _check_values(array, what, form, move=first)
    found = array[..., np.newaxis] if array.ndim == 3 else array
    if found.ndim != 4 or found.shape[3] not in (1, 3):
        move = f"x.{'permute' if form.tensor else 'transpose'}({form.axes})"
        mend = f"move the channels last, {move}" if first else "save it as (N, H, W) or (N, H, W, 3)"
        raise DqError(f"{what} has the shape {shape}, which is not that of grey or RGB images", mend)
    return np.ascontiguousarray(found, np.uint8)


def _check_values(array: NDArray[Any], what: str, form: _Form, *, move: bool) -> None:
    if array.dtype == np.uint8:
        return
    if array.dtype.kind not in "iuf":
        raise DqError(f"{what} has dtype {array.dtype}, not uint8", "save integers from 0 to 255")
    low, high = array.min(), array.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise DqError(f"{what} holds NaN or infinite values", "replace them, then save integers from 0 to 255")
    if array.dtype.kind == "f" and low >= 0 and high <= 255:
        scaled = form.line(" * 255" if high <= 1 else "", move=move)
        raise DqError(f"{what} has dtype {array.dtype}, with values from {low:.3g} to {high:.3g}, not uint8", scaled)
    if low < 0 or high > 255:
        undo = "undo their normalisation, " if array.dtype.kind == "f" else ""
        raise DqError(f"{what} has values from {low} to {high}", f"{undo}rescale them to 0..255 and save them as uint8")
