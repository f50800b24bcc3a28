"""A transition matrix in a file of the user's, named by a digest of its contents so that a chain stays a plain text.

Its true classes stand in rows, as in the articles on label noise, or in columns, as in cleanlab's ``noise_matrix``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.foreign import array_of, read_file
from dqsuite.core.grammar import Term
from dqsuite.corruptions.values import Context, Value

TRUTH_IN = ("rows", "columns")
_LARGEST = 2**27  # bytes of a file: four thousand classes
SUM_TOLERANCE = 1e-6
_OTHERWISE = {
    "rows": (
        *("row", "columns"),
        "write ;truth=columns if column y holds the labels of true class y, as in cleanlab's noise_matrix",
    ),
    "columns": ("column", "rows", "leave out ;truth=columns if row y holds the labels of true class y"),
}
# A bare hexadecimal digest such as 0123456789e1 would be read as a number.
DIGEST_PREFIX = "sha256-"


@dataclass(frozen=True, kw_only=True)
class MatrixFile(Value):
    """The path of a stochastic K×K matrix saved with ``numpy.save``; its canonical text is the digest."""

    example: str = "matrix.npy"

    @property
    def _allowed(self) -> str:
        return "the path of a .npy file with a K x K matrix whose rows, or columns, sum to 1"

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
        """Return the matrix as it is in the file, float64 (K, K).

        Raises DqError if K differs or the file is not what it was.
        """
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
    """Read a matrix whose rows or columns are distributions, float64 (K, K).

    Raises
    ------
    DqError
        The file cannot be read, or the matrix is not square, finite and non-negative, or neither its rows nor its
        columns sum to 1 within 1e-6.
    """
    try:
        loaded = array_of(read_file(Path(path), _LARGEST))
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else error
        raise DqError(f"cannot read the matrix {path}: {cause}", "save a K x K array with numpy.save") from None
    fault = _fault(loaded)
    if fault:
        raise DqError(
            f"the matrix of {path} {fault}",
            "row y must hold the probability of each label given true class y, or with truth=columns column y",
        )
    return np.asarray(loaded, dtype=np.float64)


def check_truth(term: Term, files: Mapping[str, str]) -> None:
    """Refuse a matrix whose true classes must stand the other way than the term says.

    Parameters
    ----------
    term
        With a ``matrix``, its digest, and ``truth``, which is one of `TRUTH_IN`.
    files
        Path of each digest.

    Raises
    ------
    DqError
        Where the term has the true classes, sums are not 1, and the other way they are.
    """
    path, said = files[term.get("matrix")], term.get("truth")
    matrix = load_matrix(path)
    if wrong := _wrong_row(matrix.T if said == "columns" else matrix):
        one, others, mend = _OTHERWISE[said]
        raise DqError(f"the matrix of {path} has a {one} {wrong}, while its {others} all sum to 1", mend)


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
    row = _wrong_row(loaded)
    return f"has a row {row}, and its columns do not sum to 1 either" if row and _wrong_row(loaded.T) else ""


def _wrong_row(matrix: NDArray[Any]) -> str:
    """Name the row whose sum is furthest from 1, or nothing where all sum to 1."""
    sums = matrix.sum(axis=1, dtype=np.float64)
    row = int(np.abs(sums - 1).argmax())
    return f"{row} that sums to {sums[row]:g}" if abs(sums[row] - 1) > SUM_TOLERANCE else ""


def _changed(path: str, digest: str) -> DqError:
    return DqError(
        f"the file {path} no longer holds the matrix {digest}", "restore it, or name the new matrix by its path"
    )
