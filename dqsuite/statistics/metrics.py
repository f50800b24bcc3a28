"""What is read off the predictions of a trained model. Every axis has a name.

A confusion matrix has the dimensions ``true`` and ``predicted`` (the sources draw truth along the bottom, prediction
down the side), any others, such as ``repeat``, stand before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr  # takes a third of a second, which a list of verdicts has no use for


def confusion_matrix(truth: NDArray[Any], predicted: xr.DataArray, classes: Sequence[str]) -> xr.DataArray:
    """Count the test images of each true class by predicted class.

    Parameters
    ----------
    truth : int (N,)
        True class of each test image.
    predicted : int (..., image)
        Predicted classes; the last dimension is ``image``, of length N.
    classes : K names

    Returns
    -------
    int64 (..., true, predicted)
    """
    k = len(classes)
    flat = predicted.values.reshape(-1, len(truth)).astype(np.int64)
    pairs = np.asarray(truth, np.int64) * k + flat
    counts = np.stack([np.bincount(row, minlength=k * k) for row in pairs]) if len(pairs) else np.zeros((0, k * k), int)
    leading = predicted.dims[:-1]
    import xarray as xr

    return xr.DataArray(
        counts.reshape(*predicted.shape[:-1], k, k),
        dims=(*leading, "true", "predicted"),
        coords={
            **{name: predicted.coords[name] for name in leading if name in predicted.coords},
            "true": list(classes),
            "predicted": list(classes),
        },
    )


def recall(matrix: xr.DataArray) -> xr.DataArray:
    """Return the recall (true positive rate) of each class: (..., class), nan for a class without test images."""
    matrix = matrix.transpose(..., "true", "predicted")
    diagonal = np.diagonal(matrix.values, axis1=-2, axis2=-1)
    totals = matrix.sum("predicted")
    return (totals.copy(data=diagonal) / totals.where(totals > 0)).rename(true="class")


def look_alike_pairs(matrix: NDArray[Any], classes: Sequence[str]) -> list[tuple[str, str, float]]:
    """Return the pairs of classes by ``C[a, b] + C[b, a]``, most confused first: (a, b, images).

    Parameters
    ----------
    matrix : (K, K)
        In images, true classes in rows.
    classes : K names
    """
    both = matrix + matrix.T
    pairs = [(classes[a], classes[b], float(both[a, b])) for a, b in combinations(range(len(classes)), 2)]
    return sorted(pairs, key=lambda pair: -pair[2])


def best_last_gap(test_accuracy: NDArray[Any]) -> float:
    """Return the best measured epoch's test accuracy (E,) minus the last one's: what memorising wrong labels cost."""
    return float(np.nanmax(test_accuracy) - test_accuracy[-1])
