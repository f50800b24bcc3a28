"""A transition matrix in a file of the user's, named by a digest of its contents so that a chain stays a plain text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.corruptions.values import Context, Value

ROW_SUM_TOLERANCE = 1e-6
# A bare hexadecimal digest such as 0123456789e1 would be read as a number.
DIGEST_PREFIX = "sha256-"


@dataclass(frozen=True, kw_only=True)
class MatrixFile(Value):
    """The path of a row-stochastic K×K matrix saved with ``numpy.save``; its canonical text is the digest."""

    example: str = "matrix.npy"

    @property
    def _allowed(self) -> str:
        return "the path of a .npy file with a K x K matrix whose rows sum to 1"

    def _canonical(self, text: str, files: dict[str, str]) -> str:
        if not text:
            raise ValueError(text)
        if text.startswith(DIGEST_PREFIX) and text not in files:
            raise DqError(f"the file of the matrix {text} is not known", "give the path of the .npy file")
        path = files.get(text, text)
        digest = matrix_digest(load_matrix(path))
        if text in files and text != digest:
            raise _changed(path, text)
        files[digest] = str(Path(path).resolve())
        return digest

    def resolve(self, text: str, context: Context) -> NDArray[np.float64]:
        """Return the matrix, float64 (K, K). Raises DqError if K differs or the file is not what it was."""
        path = context.files[text]
        matrix = load_matrix(path)
        if matrix_digest(matrix) != text:
            raise _changed(path, text)
        if len(matrix) != context.num_classes:
            raise DqError(
                f"the matrix of {path} has shape {matrix.shape}, the data have K={context.num_classes} classes",
                "give one row and one column per class, in the order of the classes",
            )
        return matrix


def load_matrix(path: str) -> NDArray[np.float64]:
    """Read a row-stochastic matrix, float64 (K, K).

    Raises
    ------
    DqError
        The file cannot be read, or the matrix is not square, finite, non-negative with rows that sum to 1 within 1e-6.
    """
    try:
        with Path(path).open("rb") as file:
            loaded = np.lib.format.read_array(file, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise DqError(f"cannot read the matrix {path}: {error}", "save a K x K array with numpy.save") from None
    fault = _fault(loaded)
    if fault:
        raise DqError(
            f"the matrix of {path} {fault}", "row y must hold the probability of each label given true class y"
        )
    return np.asarray(loaded, dtype=np.float64)


def matrix_digest(matrix: NDArray[np.float64]) -> str:
    """Return ``sha256-`` and the first 12 hexadecimal digits over the little-endian float64 bytes and the shape."""
    contents = np.ascontiguousarray(matrix, dtype="<f8").tobytes() + repr(matrix.shape).encode()
    return DIGEST_PREFIX + hashlib.sha256(contents).hexdigest()[:12]


def _fault(loaded: NDArray[Any]) -> str:
    if loaded.dtype.kind not in "fiu":
        return "is not an array of real numbers"
    if loaded.ndim != 2 or loaded.shape[0] != loaded.shape[1] or not loaded.size:
        return f"has shape {loaded.shape}, which is not square"
    if not np.isfinite(loaded).all() or (loaded < 0).any():
        return "holds a value that is negative or not finite"
    sums = loaded.sum(axis=1, dtype=np.float64)
    row = int(np.abs(sums - 1).argmax())
    return f"has a row {row} that sums to {sums[row]:g}" if abs(sums[row] - 1) > ROW_SUM_TOLERANCE else ""


def _changed(path: str, digest: str) -> DqError:
    return DqError(
        f"the file {path} no longer holds the matrix {digest}", "restore it, or name the new matrix by its path"
    )
